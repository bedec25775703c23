"""Programs that run inside of a cell, or as its first process: each stands alone and imports nothing of this package.

They are started by path, with interpreters that may be older than ours; nothing here imports them.
"""
