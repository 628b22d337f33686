"""What the eye finds on a page before anything is read."""
