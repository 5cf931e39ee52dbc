"""Inbound: receipts, replies and mail that people and providers send back."""
