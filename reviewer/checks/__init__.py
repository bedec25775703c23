"""Evidence for the ways agent-made changes go wrong: one module a mode, each a pure function of a frozen case."""
