"""Questions and whole courses, in from other learning systems and out to them."""
