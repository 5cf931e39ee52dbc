"""Keys of systems: made, rotated, revoked."""
