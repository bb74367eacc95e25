"""Definitions of other systems, read as ours."""
