"""Accounts of the console: who signs in, with which offices where."""
