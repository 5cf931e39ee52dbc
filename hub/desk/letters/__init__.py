"""Letters as work of an office: print a batch of them, post one, hand one over."""
