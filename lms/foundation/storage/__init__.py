"""Files on disk: stored by digest, and private to the site."""
