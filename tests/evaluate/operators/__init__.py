"""Faults put into whole commits of people, one at a time, so that what is found can be held against the same without.

A recipe is a commit's id, an operator and a seed; nothing of the commits is stored here. `table` names all operators by
language and mode; those of a run falsify a made-up record that is honest without them. What share of them is found, and
how sure that is, stands in `planted.md`, one folder above.
"""
