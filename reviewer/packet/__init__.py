"""The review packet: one change and the record of the run that made it, as a folder or one `.packet` file."""
