"""Annotation burnt into a picture (PS3.18-2011 8.2.1): what it says, its fonts, its layout, its drawing."""
