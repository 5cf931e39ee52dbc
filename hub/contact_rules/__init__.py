"""When and how the law allows contact: windows, working hours, consents, words that opt out."""

from hub.contact_rules.allowed import disturbs, next_allowed, rests

__all__ = ["disturbs", "next_allowed", "rests"]
