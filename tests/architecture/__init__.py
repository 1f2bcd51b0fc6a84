"""The rules of who may import whom, and proof that breaking one is noticed."""
