"""Readable names for addresses."""
