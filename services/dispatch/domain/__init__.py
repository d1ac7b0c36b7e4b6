"""What an incident is and how it is decided. Pure: no clock, no input, no output."""
