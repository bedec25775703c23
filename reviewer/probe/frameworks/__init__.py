"""One module a test framework: the command that runs it, and what its report says."""
