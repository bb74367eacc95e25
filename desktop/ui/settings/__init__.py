"""The person's own choices, the passphrase, and where everything lies."""
