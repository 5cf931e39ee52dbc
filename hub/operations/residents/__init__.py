"""The residents' page: one person's own data and acts. The web is one door to it."""
