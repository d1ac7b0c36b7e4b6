"""What check-in decides and knows, without any I/O."""
