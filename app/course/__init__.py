"""The content compiled: Markdown and TOML become typed, frozen blocks, or a list of problems that name file and line.

The rule of this folder: content is compiled, not read. What does not parse, does not link, does not run or does not
hold on the machine stops the course from loading; nothing is skipped and nothing is guessed.
"""
