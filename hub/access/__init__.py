"""Who may do what: accounts, API keys, sessions, passwords, signatures, and the audit of it."""
