"""The catalog together with the person's own definitions: kept, indexed, imported."""
