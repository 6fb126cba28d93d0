"""A course as data, the bundle of files it comes from, and the report on it."""
