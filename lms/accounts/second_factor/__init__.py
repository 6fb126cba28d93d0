"""The second step at sign-in: authenticator apps, passkeys, recovery codes, and confirming what can't be undone."""
