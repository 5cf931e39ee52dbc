"""Measured against what a user would pick instead: `python -m benchmarks`, or `scripts/bench`."""
