"""Cases at the desk: the final answer to a petition."""
