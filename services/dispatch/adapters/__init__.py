"""What dispatch talks to: the only place with clients."""
