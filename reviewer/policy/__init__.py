"""What is asked of a change before a person may own it: checklist, risk classes, gates. Data and pure functions."""
