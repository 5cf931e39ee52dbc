"""Who is calling, and what may they do: keys, sessions, CSRF, scopes."""
