"""What the checks find in changes whose faults are known, and what they say of changes that have none."""
