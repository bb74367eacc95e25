"""Requests out of tables and values, and what is read out of their answers."""
