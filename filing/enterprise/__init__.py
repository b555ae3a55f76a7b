"""Enterprise registration: one submission, five parties, each with its own register (R13.08)."""
