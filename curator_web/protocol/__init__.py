"""The wire contract: messages and shapes, and how our values become them."""
