"""The constancia of a case or a person: everything that happened, on paper and as bytes, signed."""
