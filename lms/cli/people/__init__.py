"""Commands for people: accounts and roles, lists to invite, and the status that lists show."""
