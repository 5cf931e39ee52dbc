"""The search: people, places, cases, events and messages by whatever somebody knows of them."""
