"""The security boundary: what lies on it, what weakens it, and secrets that lie open."""
