"""What rules see by watching a page, by pressing what's on it and by comparing pictures of it."""
