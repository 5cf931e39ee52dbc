"""The hub: domain events in, messages to people out, promises kept."""
