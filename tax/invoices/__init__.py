"""Purchase invoices held, by file: rows read, judged, and marked on the lines of a month."""
