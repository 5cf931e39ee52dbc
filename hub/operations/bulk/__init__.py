"""Bulk actions: choose, look at the plan, start, and read the outcome."""
