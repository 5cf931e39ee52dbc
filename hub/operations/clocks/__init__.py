"""The promises as operators see them: listed, and one whole."""
