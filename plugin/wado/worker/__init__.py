"""A process of its own that turns one stored object into one representation at a time."""
