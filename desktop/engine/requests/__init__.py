"""What people send with an account: what a request may look like, and the ones that are kept."""
