"""Dataset to plain values: the only place that meets malformed attributes."""
