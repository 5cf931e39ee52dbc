"""Today: what leaves later today, and what the days of this week bring."""
