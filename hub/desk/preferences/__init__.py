"""Preferences: what people wish of messages, and whom staff has marked as not to be contacted."""
