"""People: their identity, place and role; groups, rota, import."""
