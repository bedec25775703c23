"""What the reviewer did: an append-only journal of events, folded into the state of the review."""
