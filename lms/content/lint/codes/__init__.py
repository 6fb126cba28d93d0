"""What each code of `lms check` means, with an example that gives it and one that doesn't."""
