"""Files behind attribute rules: folders, versions, uploads, shares, and the one door through which they are read."""
