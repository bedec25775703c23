"""What tests of a change lost, by language: the tests of both sides matched, and their oracles compared."""
