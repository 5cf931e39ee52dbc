"""Posters of notice boards: what is to be printed, hangs there, and is to be taken down."""
