"""Export to businesses (9710) and to overseas warehouses (9810): rules, form, customs' answers, overrides, returns."""
