"""Registrations: what comes by phone, at the counter or by a letter; the hub gives its number."""
