"""What comes back from the browser: one listener on loopback, for one attempt."""
