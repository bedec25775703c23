"""The last screen before a person owns an agent's change.

The package root imports nothing, so that `reviewer --version` and `reviewer verify` pay only for what they use.
"""
