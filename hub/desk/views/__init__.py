"""Views of the list of matters that somebody has saved for themselves."""
