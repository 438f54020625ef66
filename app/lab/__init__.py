"""The laboratory without its pages: what can be done to an experiment, what its numbers come from, levels, a gallery.

The rule of this folder: scenario in, scenario out. Nothing is kept and nothing is undone; what a control leads to is
another scenario, which its link holds as a whole. Message ids and numbers, never words of a language.
"""
