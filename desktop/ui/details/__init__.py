"""The account on the right: overview, token, history, activity."""
