"""TOML becomes the typed definition, and every mistake on the way becomes a Problem."""
