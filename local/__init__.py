"""What stands in for servers on one machine: PostgreSQL and Valkey from wheels, and one process manager.

Nothing of the portal is imported here and the portal imports nothing from here: the two meet in environment
variables (`DATABASE_URL`, `REDIS_URL`, …) which `local.env` keeps in `var/local.env`.
"""
