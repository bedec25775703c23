"""Track parcels across carriers."""
