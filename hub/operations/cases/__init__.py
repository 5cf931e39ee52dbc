"""A case as one thread: what came, what was said, who replied, what was promised, who took it on."""
