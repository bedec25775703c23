"""Text into styled rows: the lines of a diff, marks, coloured source. Pure; no widget, no screen."""
