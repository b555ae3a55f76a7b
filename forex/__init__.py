"""The foreign exchange desk: inward payments, payout statements, balance-of-payments declarations, banks."""
