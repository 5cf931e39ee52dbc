"""Everything on one machine: starts and stops private servers, a mail catcher and the hub."""
