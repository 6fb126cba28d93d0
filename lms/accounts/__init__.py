"""People, programmes, memberships and roles, sign-in, and the one table of who may do what."""
