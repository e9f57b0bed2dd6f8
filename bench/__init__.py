"""Side-by-side measurements: ours, a peer, the physical limit, in one run on one machine."""
