"""Open Badges: building, signing, baking into pictures, and the status lists."""
