"""The company's policy: `hub/policy.toml`, read and checked at start."""

from hub.policy.policy import Policy, load_policy

__all__ = ["Policy", "load_policy"]
