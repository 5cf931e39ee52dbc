"""Models of communications: what staff sends again and again."""
