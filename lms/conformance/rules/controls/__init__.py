"""Rules about links, buttons and fields: size, keyboard, visible focus, announced changes."""
