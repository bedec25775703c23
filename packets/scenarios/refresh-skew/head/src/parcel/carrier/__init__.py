"""Talking to a carrier: a token, and what it lets us ask."""
