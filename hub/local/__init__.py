"""Everything on one machine: private servers, a mail catcher and the hub, started and stopped together."""
