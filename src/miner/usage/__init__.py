"""What a program uses of a library, read without running it."""
