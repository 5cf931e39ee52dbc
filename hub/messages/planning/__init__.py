"""Planning: an event, the people and the rules become messages. Pure."""
