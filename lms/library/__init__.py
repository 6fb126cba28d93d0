"""Published bundles and their versions, reviews, and which programme offers what."""
