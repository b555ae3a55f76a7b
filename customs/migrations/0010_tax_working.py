"""The working of the tax leaves the inventory list, which is rewritten with every reply; pages keep room."""

from django.db import connection, migrations, models

from customs import partitions


def make_months(apps, schema_editor):
    partitions.create_partitions()


def leave_room(apps, schema_editor):
    """Also on the pages of the months that there are; a full page stays full."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.inhrelid::regclass::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE c.relkind = 'r' AND i.inhparent::regclass::text = ANY(%s)",
            [list(partitions.TABLES)],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {name} SET ({partitions.ROOM})")


MOVE = """
INSERT INTO customs_taxworking (id, working)
SELECT id, tax_working FROM customs_inventory WHERE tax_working <> '{}'
"""


class Migration(migrations.Migration):
    dependencies = [("customs", "0009_b2b")]
    operations = [
        partitions.CreatePartitionedModel(
            name="TaxWorking",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("working", models.JSONField(default=dict)),
            ],
        ),
        migrations.RunPython(make_months, migrations.RunPython.noop),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="inventory", name="tax_working"),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
