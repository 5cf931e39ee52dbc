"""Simulation of another policy over the past events."""
