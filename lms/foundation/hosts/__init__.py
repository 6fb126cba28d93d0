"""Several hosts on one database: whether this one has the same keys and the same time, and a disk to share."""
