"""How notify's processes start."""
