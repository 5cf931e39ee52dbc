"""The search: people, places, cases, events and messages in one box."""
