"""What notify does: it plans who is told what, sends it, and shows what became of it."""
