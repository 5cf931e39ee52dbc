"""Health, metrics, counts."""
