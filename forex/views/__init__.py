"""Pages of the foreign exchange desk."""
