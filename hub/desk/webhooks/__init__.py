"""Webhooks and results: the ways by which publishers hear of their messages."""
