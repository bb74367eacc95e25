"""Who did what with the vault, and whether the activity is still what was written."""
