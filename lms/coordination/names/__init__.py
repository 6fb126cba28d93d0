"""Names to confirm: certificates that wait until a coordinator has confirmed the name on them."""
