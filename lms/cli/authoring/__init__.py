"""`lms author`: a course in files, checked and previewed each time it's saved."""
