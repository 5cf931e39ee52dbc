"""Planning: make messages from an event, its people and the rules. Pure."""
