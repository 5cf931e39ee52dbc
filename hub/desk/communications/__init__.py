"""Communications that people at the company write: drafts, plans, sending, progress."""
