"""Every list, report and page of a platform with a long history: how long the server takes, and how often it asks."""
