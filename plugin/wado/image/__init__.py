"""The image chain: arrays in, arrays out. No dataset, no HTTP."""
