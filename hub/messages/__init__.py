"""A message from its plan to its end: planning, delivery, cascades."""
