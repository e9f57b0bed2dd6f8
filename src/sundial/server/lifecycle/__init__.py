"""What happens to several apps at once, each in one transaction: found, suspend, reactivate, take on, let go."""
