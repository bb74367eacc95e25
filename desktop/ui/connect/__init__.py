"""The connect card: from the form to a connected account, or to a sentence that says why not."""
