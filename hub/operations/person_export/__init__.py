"""Exports: what the hub holds of a person, for the person (Ley 1581 de 2012, art. 8)."""
