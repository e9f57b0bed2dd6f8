"""What agent, gateway and server say to one another. Pure: no clock, no loop, no input or output."""
