"""Open trajectories of agents: what the findings of their patches say of whether the hidden tests passed in the end."""
