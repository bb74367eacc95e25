"""{{value | filter}}: texts with holes, filled in one pass, and the paths into answers."""
