"""Retry, circuit breaker, rate limit, cached value."""
