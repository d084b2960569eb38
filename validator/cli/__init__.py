"""The command line: thin; parses, calls, prints, and says the exit code."""
