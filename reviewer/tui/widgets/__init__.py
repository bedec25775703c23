"""Widgets: they take data and give intents, and know nothing of packets or of the workflow."""
