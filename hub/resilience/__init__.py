"""Retry, circuit breaker, rate limit, cached values."""
