"""The durable outbox: what was recorded, on disk until the server has acknowledged it."""
