"""Export and import in the window: two cards over it, opened from Settings."""
