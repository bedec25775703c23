"""Approvals on an append-only branch, one record a file, and a readable copy in git notes."""
