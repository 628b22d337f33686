"""What is done with the road on real disks, processes and databases."""
