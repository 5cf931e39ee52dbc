"""Posters of notice boards: to be printed, hanging, and to be taken down."""
