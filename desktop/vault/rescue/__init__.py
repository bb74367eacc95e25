"""Reads what can be read of a damaged vault, without writing to it, and makes a backup of that."""
