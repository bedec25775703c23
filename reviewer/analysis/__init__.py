"""Type checkers and a linter over throw-away trees: hostile files in, plain values out.

One module a tool, each with a table from its rule names to ours. Nothing of the reviewed repository is run, and none of
its settings reaches a tool; the tools are installed with this program, pinned, and need no network.
"""
