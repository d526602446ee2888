"""De-identification: the Basic Application Level Confidentiality Profile of PS3.15 Annex E and its options."""
