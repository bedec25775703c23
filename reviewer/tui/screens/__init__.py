"""Screens: the review itself, and each question or list that stands over it."""
