"""What happened, newest first, and the exchange behind each entry."""
