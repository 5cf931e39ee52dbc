"""Channels and their pauses: providers, waiting messages, and each pause with its author and its end."""
