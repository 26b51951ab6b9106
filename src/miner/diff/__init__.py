"""What changed between two graphs of one library."""
