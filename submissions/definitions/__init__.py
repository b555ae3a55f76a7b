"""Kind definitions: a service that is filled in as a form is one declaration; the rest is made from it.

`registration.register_service(definition)` gives the kind, the guide, the pages (form, check, information),
the panel of the submission, the officials' section, each agency's share, the papers and the REST calls.
How to write one: `docs/kind-definitions.md`.
"""
