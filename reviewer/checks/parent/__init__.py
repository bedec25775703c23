"""Whether new tests pass on the code before, told by working them out: a small part of Python, within bounds."""
