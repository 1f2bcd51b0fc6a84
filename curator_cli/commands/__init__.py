"""What `curator` can be told to do, a module for each group."""
