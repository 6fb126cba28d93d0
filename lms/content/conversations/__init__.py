"""Practice conversations as graphs: their memory, every road through them, and what `lms check` says of both."""
