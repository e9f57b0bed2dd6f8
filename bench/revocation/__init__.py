"""How long a revocation takes to reach what is open: a download, a page, a link."""
