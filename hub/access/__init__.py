"""Access control: accounts, API keys, sessions, passwords, signatures, and their audit."""
