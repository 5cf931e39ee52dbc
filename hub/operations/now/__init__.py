"""The first page of an operator: faults, affected people and remedies; then the activity of the hub."""
