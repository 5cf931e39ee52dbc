"""People of the directory: their roles and contacts, the members of an audience, the entries."""
