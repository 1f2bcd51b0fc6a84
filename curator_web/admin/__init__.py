"""Administration over HTTP: who may, what they ask for, what they are answered."""
