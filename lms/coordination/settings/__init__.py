"""Pages on which coordinators change the settings of their programme, and which courses it offers."""
