"""Code that reads right and may be wrong: forms, contrasts, stubs and answers that fit one test; a module an idea."""
