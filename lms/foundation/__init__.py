"""What every room stands on: settings, time, ids, the database, events, mail, jobs, files and the web gate."""
