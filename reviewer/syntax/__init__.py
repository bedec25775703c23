"""Syntax trees of languages other than Python: one grammar a language, hostile source, bounded time."""
