"""Imports: sheets of people that are looked at, applied and taken back in the browser."""
