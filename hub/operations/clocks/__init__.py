"""The promises as operators see them: the list, and one in full."""
