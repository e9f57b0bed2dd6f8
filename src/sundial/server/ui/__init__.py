"""What pages are made of: base templates, parts, their tags, and the style guide."""
