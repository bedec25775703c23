"""Programs that run in the tests' own Python interpreter; started by name from a folder of their own."""
