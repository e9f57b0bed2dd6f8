"""Pages of sums over days, and their exports."""
