"""The identity verification library: whether a name and an identity number belong together, asked once and kept."""
