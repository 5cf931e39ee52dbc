"""Bulk actions as a plan: choose, look, start, and what was done."""
