"""Who may talk to a carrier, and for how long."""
