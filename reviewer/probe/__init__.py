"""Runs the tests of a change, only when the person asks: throw-away trees, shut in, nothing of it is believed."""
