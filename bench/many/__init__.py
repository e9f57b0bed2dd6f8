"""The console and the vault of a company of many people: what the server takes, and whether windows stay responsive."""
