"""People of the directory: who they are, how they are reached, whom an audience means, its entries."""
