"""The way from the command line to the running program: a socket that only this user may open."""
