"""Names on certificates: titles in names, confirming names, and certificates that wait until a name is confirmed."""
