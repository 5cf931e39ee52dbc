"""Use cases of operators and residents: redrive, import, explain, evidence, simulate."""
