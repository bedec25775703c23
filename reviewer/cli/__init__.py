"""The command line: one verb a module, each loaded when it is called."""


def main() -> None:
    """Run the command line."""
    raise SystemExit(2)
