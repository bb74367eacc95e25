"""Requests that are sent with an account: written, picked from the service's operations, kept."""
