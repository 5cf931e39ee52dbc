"""`hub check`: what does not work in an installation, and what to do."""
