"""Where a run could have stopped: its first green, what it tried again and again, what it undid, what it read."""
