"""The pages of residents: of one message behind its link, and a person's own."""
