"""Channels and their pauses: providers, what waits, who has paused what and until when."""
