"""The command line: click only; one module a command."""
