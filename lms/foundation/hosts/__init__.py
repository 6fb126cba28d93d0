"""Several hosts on one database: whether this one has the site's keys, the same time and a suitable disk."""
