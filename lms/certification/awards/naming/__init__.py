"""Names on certificates: titles in them, confirming them, and certificates that wait for that."""
