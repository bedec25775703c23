"""Failure paths: how code raises, catches and cleans up, by tree for Python, by the form of lines elsewhere."""
