"""Cases, each as one thread: events, messages, replies, promises, assignees."""
