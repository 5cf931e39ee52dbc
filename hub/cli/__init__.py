"""The `hub` command: a module for each group of commands."""
