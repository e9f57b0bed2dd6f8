"""The contract with the outside, tested from outside: HTTP, streams, sockets, the command line, and files alone."""
