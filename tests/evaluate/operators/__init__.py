"""Faults put into whole commits of people, one at a time, so that what is found can be held against the same without.

A recipe is a commit's id, an operator and a seed; nothing of the commits is stored here.
"""
