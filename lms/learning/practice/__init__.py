"""Practice conversations."""
