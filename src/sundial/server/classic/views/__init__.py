"""The first system's doors: signing in and the policy, and the older clients' facts."""
