"""The task contract before the run and after it: written from a template, printed as a prompt, held against the run."""
