"""`hub check`: what of a set-up does not work, and what to do."""
