"""Graphics and texts of a presentation state, drawn over a picture at its own resolution."""
