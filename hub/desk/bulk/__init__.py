"""Bulk actions: planned, started, watched and stopped."""
