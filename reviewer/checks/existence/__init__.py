"""Which places of Python source guard themselves against what may not exist, and the words of the tools that say so."""
