"""Adding an account: the search box over the services, and what one of them needs."""
