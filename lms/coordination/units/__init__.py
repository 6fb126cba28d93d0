"""Pages on which coordinators look after the units of their programme."""
