"""What must hold, one rule a file: pure functions from what was read to a finding."""
