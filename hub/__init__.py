"""The hub: takes domain events, sends messages to people, and keeps promises."""
