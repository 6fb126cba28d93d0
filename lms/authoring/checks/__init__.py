"""Pages around the check of a draft: what each code means, and fixes that a page can make."""
