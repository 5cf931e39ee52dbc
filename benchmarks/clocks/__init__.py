"""A million open clocks: how much of Redis they take, and how late their steps are published."""
