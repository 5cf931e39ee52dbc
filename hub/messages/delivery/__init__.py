"""DELIVERY: claim, decide, render, send, record."""
