"""Pages of lists, and how many items they have in all."""
