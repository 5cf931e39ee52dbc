"""Messages from plan to outcome: planning, delivery, cascades."""
