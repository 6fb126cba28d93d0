"""Rules about privacy: third parties and cookies."""
