"""Reviews of courses: the board of what is missing or due, and asking somebody of the programme for one."""
