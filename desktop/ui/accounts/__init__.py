"""The list of accounts: a model that holds only the rows on screen, its table, and the page around it."""
