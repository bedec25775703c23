"""The settings of the person who reviews, from their own configuration folder."""
