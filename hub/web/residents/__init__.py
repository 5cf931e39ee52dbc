"""The pages of residents: one message behind its link, and a person's own page."""
