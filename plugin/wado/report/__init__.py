"""Structured reports: read into frozen values, arranged once, written in several formats."""
