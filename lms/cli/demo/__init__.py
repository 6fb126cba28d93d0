"""The demo: people and their history on a site of this machine."""
