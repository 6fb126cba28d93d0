"""Accounts: people, programmes, roles, sign-in, and the table of permissions."""
