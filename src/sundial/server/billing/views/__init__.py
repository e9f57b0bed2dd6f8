"""Pages about plans and invoices: the owner's, and what those who run a company see of them."""
