"""Foundation of all rooms: settings, time, ids, database, events, mail, jobs, files and web security."""
