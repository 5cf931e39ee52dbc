"""TIMERS: release scheduled messages and fire the due steps of clocks."""
