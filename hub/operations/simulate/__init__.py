"""What another policy would have made of what has happened."""
