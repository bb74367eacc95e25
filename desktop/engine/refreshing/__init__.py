"""One refresh at a time per account: marked before it is sent, saved before it is used."""
