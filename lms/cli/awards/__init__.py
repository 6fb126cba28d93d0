"""Commands about certificates: issuing them, how they look, and verifying a file."""
