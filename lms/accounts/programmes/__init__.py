"""A programme's settings: what each may be, which colours can be read, and how they are changed."""
