"""What `lms check` looks for in a course."""
