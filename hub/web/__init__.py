"""The hub over HTTP: the API, the live page, health and metrics. `application.build` builds it."""
