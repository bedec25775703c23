"""What a command line does: its steps, its kind and its end, what it reads, changes, names and leaves behind.

Pure: texts in, facts out. `command_line.analyse` joins all of it.
"""
