"""Use cases of operators and residents above the stores: bulk runs, explain, evidence, cases, simulate."""
