"""Export and import as the person sees them: what goes along, what is new, and what is chosen."""
