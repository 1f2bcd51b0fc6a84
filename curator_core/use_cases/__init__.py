"""What people and programs can do with Curator, one story a file."""
