"""Webhooks and results: how publishers hear what became of their messages."""
