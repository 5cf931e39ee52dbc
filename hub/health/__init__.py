"""The hub's own health: the monitor, its incidents, the heartbeat."""
