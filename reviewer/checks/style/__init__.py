"""How a project writes its code, counted in the code around a change, and code that is there twice."""
