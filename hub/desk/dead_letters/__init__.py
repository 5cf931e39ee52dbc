"""Dead letters: events that the hub could not accept, each kept whole until somebody settles it."""
