"""What the events of one aggregate come to, by the checker's own reading of the published contracts."""
