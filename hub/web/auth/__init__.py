"""Authentication and authorisation: keys, sessions, CSRF, scopes."""
