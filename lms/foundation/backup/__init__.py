"""Backups: the archive, the database's part of it, the data folder's part, and erasures made since."""
