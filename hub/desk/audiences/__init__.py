"""Audiences with names, for communications of the same people."""
