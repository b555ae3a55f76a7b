"""Nobody edits or deletes what was recorded; and company names are found by pairs of characters.

The function cuts both names into pairs in lower case. Chinese has no spaces between words, and PostgreSQL without
extensions no index for fragments: an index over the pairs finds the few rows that a comparison then decides on.
"""

from django.db import migrations

TABLES = ("credit_fact", "credit_factevent", "credit_customslevel", "credit_look")
FIXED = """
CREATE FUNCTION credit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'integrity records are never edited or deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION credit_refuse();\n"
    for table in TABLES
)
EDITED = "".join(f"DROP TRIGGER {table}_fixed ON {table};\n" for table in TABLES) + "DROP FUNCTION credit_refuse();"
GRAMS = """
CREATE FUNCTION credit_grams(one text, other text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(n, i, 2)), '{}')
    FROM (VALUES (lower(one)), (lower(other))) AS names(n), generate_series(1, length(n) - 1) AS i
$$;
CREATE INDEX credit_company_grams ON accounts_company USING gin (credit_grams(name, name_en));
"""
NO_GRAMS = "DROP INDEX credit_company_grams; DROP FUNCTION credit_grams(text, text);"


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial")]
    operations = [migrations.RunSQL(FIXED, EDITED), migrations.RunSQL(GRAMS, NO_GRAMS)]
