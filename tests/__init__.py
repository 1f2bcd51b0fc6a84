"""The tests; a folder for each package, and the fakes and contracts they share."""
