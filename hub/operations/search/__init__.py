"""One box that finds people, places, cases, events and messages."""
