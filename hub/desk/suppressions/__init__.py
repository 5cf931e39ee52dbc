"""Suppressed contact points, to which nothing goes, and opt-outs from commercial messages and surveys."""
