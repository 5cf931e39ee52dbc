"""The composition root: the only place where settings and real components meet."""
