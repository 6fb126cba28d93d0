"""Watch a page, press what's on it and compare pictures of it, for rules that need this."""
