"""What providers and signed links call."""
