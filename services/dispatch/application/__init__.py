"""What people and other services want of dispatch: one use case a file, and the ports it needs."""
