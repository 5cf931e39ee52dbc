"""The register of excluded numbers: its list, loaded and shown, but never the numbers in it."""
