"""Doors of the desk: API, console and command line, made from declarations. No noun is in here."""
