"""The audit: who looked at people's data, and who changed what."""
