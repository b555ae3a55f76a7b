"""The months around today; a daily job makes those to come."""

from django.db import migrations

from customs.partitions import create_partitions


def forward(apps, schema_editor):
    create_partitions()


class Migration(migrations.Migration):
    dependencies = [("customs", "0001_initial")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
