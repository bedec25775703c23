"""What the agent did: the normalised run, its importers, and the facts derived from it."""
