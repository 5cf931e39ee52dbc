"""Fake providers that run inside the tests, real on the wire and stricter than the originals."""
