"""Codes that people read to staff: which message has one. What anybody sees is a page of its own."""
