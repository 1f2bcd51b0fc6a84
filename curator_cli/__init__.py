"""The command line: everything an operator and a demonstration need."""
