"""What the figures mean: windows of time, shares, spreads, and cells that a spreadsheet may open."""
