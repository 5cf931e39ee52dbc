"""What is wrong with the hub itself: the monitor, its incidents, the heartbeat."""
