"""A sign-in from the form to the saved account: the attempt and the person's own browser."""
