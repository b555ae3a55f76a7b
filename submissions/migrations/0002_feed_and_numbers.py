"""The change feed's transaction column and the sequence behind reference numbers."""

from django.db import migrations

FORWARD = """
ALTER TABLE submissions_change ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX submissions_change_tx ON submissions_change (tx, id);
CREATE SEQUENCE submissions_reference;
"""
BACKWARD = """
DROP SEQUENCE submissions_reference;
ALTER TABLE submissions_change DROP COLUMN tx;
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
