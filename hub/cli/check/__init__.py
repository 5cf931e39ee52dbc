"""`hub check`: the faults of an installation, and their remedies."""
