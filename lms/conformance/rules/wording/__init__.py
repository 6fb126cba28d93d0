"""Rules about wording: no blame, urgency, games, comparison or guilt."""
