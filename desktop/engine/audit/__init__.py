"""Who did what with the vault: what belongs to no account, and whether the activity is still what was written."""
