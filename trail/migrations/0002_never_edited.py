"""Nobody edits or deletes a trail row, whatever their rights in the portal."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'trail rows are never edited or deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER trail_entry_fixed BEFORE UPDATE OR DELETE ON trail_entry
    FOR EACH ROW EXECUTE FUNCTION trail_refuse();
CREATE TRIGGER trail_seal_fixed BEFORE UPDATE OR DELETE ON trail_seal
    FOR EACH ROW EXECUTE FUNCTION trail_refuse();
"""
BACKWARD = """
DROP TRIGGER trail_entry_fixed ON trail_entry;
DROP TRIGGER trail_seal_fixed ON trail_seal;
DROP FUNCTION trail_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
