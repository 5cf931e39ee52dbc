"""The shapes of the API, as the OpenAPI document shows them."""
