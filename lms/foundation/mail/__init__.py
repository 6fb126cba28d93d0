"""Email: the outbox, and handing messages to a mail server."""
