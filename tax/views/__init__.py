"""Pages of the exemption: the months and a month's sheet, the platform's record, a declaration three ways."""
