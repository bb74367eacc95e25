"""Forms that are drawn from a connector's fields."""
