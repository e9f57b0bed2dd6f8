"""How fast one core seals and unseals files, beside a peer's construction and the cipher alone."""
