"""One noun per file, knowing no app: the clock, who is acting, the scope of a company, hints, keys."""
