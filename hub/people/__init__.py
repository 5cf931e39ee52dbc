"""People: who they are, where, in which role; groups, rota, import."""
