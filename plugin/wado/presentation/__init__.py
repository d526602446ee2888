"""Presentation states: what they say of one frame of one image, as frozen values, and what that looks like."""
