"""Preferences: people's wishes about messages, and staff's marks "do not contact"."""
