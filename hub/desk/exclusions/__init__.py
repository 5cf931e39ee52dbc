"""The register of excluded numbers: its list, loaded and shown; never who is in it."""
