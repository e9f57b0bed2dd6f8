"""How long until the last of ten thousand agents has a change, and what an idle one costs."""
