"""The calendar: what is scheduled, and what falls due."""
