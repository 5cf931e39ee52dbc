"""Messages: listed and shown, sent again, kept back, alone or many by a bulk run."""
