"""Test oracles: what a test compares, how strictly, and what became of it."""
