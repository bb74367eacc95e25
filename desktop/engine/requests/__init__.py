"""What people send with an account: what a request may look like, how it is sent, which ones are kept."""
