"""Whether a machine meets the requirements of what is used of a library."""
