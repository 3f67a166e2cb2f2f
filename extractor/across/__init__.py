"""What only many reports together can tell: which body, which version, one year against the next (docs/register.md)."""
