"""An append-only log per company, and log 0 for the platform, that someone who does not trust us can check."""
