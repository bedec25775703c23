"""The change as lines: rows of a patch, where they stand, and what they do to content.

Knows bytes of patches; never opens a file, runs a program or draws.
"""
