"""The engine: connect, refresh, validate, revoke. One asyncio loop on one thread, and no Qt."""
