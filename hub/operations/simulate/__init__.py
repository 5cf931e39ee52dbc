"""Simulate another policy over the past events."""
