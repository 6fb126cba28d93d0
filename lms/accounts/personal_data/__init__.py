"""Personal data: what we hold, who can see it, exporting and deleting it."""
