"""Import tax of retail imports (R1.03–R1.17): pure arithmetic on plain values, dated by `Parameters`.

No database, request or clock: callers hand in the order, the rates and parameters of the day, and what the
buyer has used of the yearly limit. Sources and doubts of every rule applied come back with the result.
"""
