"""What is known of a learner: attempts, and the memory, mastery and plan that follow from them.

The pure part (`memory`, `mastery`, `plan`) takes values and a time; the other files keep values in a database. Skills
are names here, and TCP is unknown. Every function takes `now`: nobody reads a clock.
"""
