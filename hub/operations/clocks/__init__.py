"""The promises as operators and residents read them: the rows, and the words of each term."""
