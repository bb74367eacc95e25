"""The one way out: HTTP clients with deadlines, caps and no redirects, and what went over the wire."""
