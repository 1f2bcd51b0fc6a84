"""Values and entities: what a batch, an upload, a picture and a statement are."""
