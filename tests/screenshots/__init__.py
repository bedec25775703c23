"""Pictures of the workstation, made from the sample packets: `python -m tests.screenshots`."""
