"""Running what a change brings, when the person asks: the plan, the run in its parts, and what is kept of it."""
