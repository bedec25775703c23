"""Everything that holds the product to its word; `python -m tests` runs it all."""
