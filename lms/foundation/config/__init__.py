"""Settings, and checks of settings that cannot work."""
