"""What somebody should look into, raised and resolved by a job."""
