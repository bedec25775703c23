"""A change taken apart: its hunks, each taken back alone, and its lines, each made wrong on purpose. Pure."""
