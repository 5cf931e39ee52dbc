"""The hub over HTTP: the API, the console, health and metrics. `application.build` builds it."""
