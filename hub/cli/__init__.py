"""The `hub` command: one module per group of commands."""
