"""Evidence: sent words, made again and compared; the seals over them, and their verification."""
