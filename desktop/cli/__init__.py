"""The command line: the same engine without a window. Its words and exit codes stand in docs/cli.md."""
