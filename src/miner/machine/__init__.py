"""What a computer offers, or a described one."""
