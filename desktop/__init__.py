"""The application: vault, engine, window, command line and practice provider."""

__version__ = "0.1.0"
