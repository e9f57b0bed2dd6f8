"""What the agent decides, without clock, loop, disk or network: events in, effects out."""
