"""Contact rules: windows, working hours, consents, opt-out words."""

from hub.contact_rules.contact_hours import is_interruptive, next_allowed, quiet_outside_hours

__all__ = ["is_interruptive", "next_allowed", "quiet_outside_hours"]
