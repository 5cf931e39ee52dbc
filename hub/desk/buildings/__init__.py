"""Buildings: who lives behind each door, who can be reached there, and what is open."""
