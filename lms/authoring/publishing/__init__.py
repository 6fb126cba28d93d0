"""Publishing: versions side by side, what a new version does to whom, approval, and reviews."""
