"""How a secret is told from other text: where one may stand, by which rule, and whether it looks like one."""
