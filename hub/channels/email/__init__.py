"""E-mail: SMTP with pipelining, pooled."""
