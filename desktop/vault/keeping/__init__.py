"""The backups that the vault keeps of itself, and the work folders in which files are made whole."""
