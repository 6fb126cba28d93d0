"""Awards: when a certificate is due, what it attests, how long it is valid, and what becomes of it."""
