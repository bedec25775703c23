"""What the brief's sections say, as rows: pure functions of the manifest and the run."""
