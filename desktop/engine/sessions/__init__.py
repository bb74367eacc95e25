"""Sessions that are never written down: their tokens live in memory, or for one request."""
