"""What coordinators see: who is in training and who holds a certificate, and nothing of how they learned."""
