"""Django's PostgreSQL backend, taught to put each outermost transaction into the scope of a company."""
