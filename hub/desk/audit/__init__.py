"""The audit: each look at people's data and each change, with its author."""
