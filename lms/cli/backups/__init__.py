"""Commands that back a site up, restore it and upgrade it."""
