"""A person's own Python functions, shut in: a process without home, store, environment or network."""
