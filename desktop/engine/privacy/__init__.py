"""The one place where secrets leave texts, and the logs that pass through it."""
