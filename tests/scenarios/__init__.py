"""The scripted changes and runs behind the shipped packets; `python -m tests.scenarios` makes both anew."""
