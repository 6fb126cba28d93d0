"""Two versions of a course side by side: what was added, changed, removed and moved, as rendered text."""
