"""Dated facts that every desk reads: code tables, tariff, parameters; identifiers and their check digits."""
