"""Speed and memory, measured from outside and printed as ratios; never a test that can fail on a busy machine."""
