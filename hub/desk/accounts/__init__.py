"""Accounts of the console: the people who sign in, and their offices in each place."""
