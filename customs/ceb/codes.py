"""Every code `check` can give, with its text.

Three kinds. SCHEMA_CODES: customs' schema refuses it too. STRICTER_CODES: the schema would let it pass and
this service refuses it all the same (documented in docs/ceb.md; the list is fixed). SPEC_CODES: only the
specification's text or a code table asks for it: a warning, an error under `strict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_noop as _

SCHEMA_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "ceb.xml.syntax": _("This is not well-formed XML: line {line}, column {column}: {reason}"),
        "ceb.namespace": _("{name} is not in the namespace {namespace}."),
        "ceb.element.unknown": _("{name} does not belong here."),
        "ceb.element.missing": _("{name} is missing."),
        "ceb.element.order": _("{name} stands in the wrong place: the order of elements is fixed."),
        "ceb.element.count": _("{name} occurs {count} times, at most {max} allowed."),
        "ceb.element.nested": _("{name} holds a value and cannot contain other elements."),
        "ceb.attribute.unknown": _("The attribute {name} does not belong here."),
        "ceb.attribute.missing": _("The attribute {name} is missing."),
        "ceb.text.stray": _("There is text between elements where none is allowed."),
        "ceb.value.empty": _("{name} must not be empty."),
        "ceb.length": _("{name} has {length} characters, {min} to {max} allowed."),
        "ceb.value.fixed": _("{name} must be {fixed}."),
        "ceb.digits.total": _("{name} has more than {max} digits."),
        "ceb.digits.fraction": _("{name} has more than {max} digits after the point."),
        "ceb.int.range": _("{name} is too large."),
        "ceb.signature.missing": _("The signature is missing; this message must be signed."),
    }
)

STRICTER_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "ceb.xml.doctype": _("A document type declaration is not accepted."),
        "ceb.xml.encoding": _("The encoding {encoding} is not accepted; send UTF-8."),
        "ceb.xml.version": _("XML version {version} is not accepted; send 1.0."),
        "ceb.xml.size": _("The file is larger than {max} bytes."),
        "ceb.xml.depth": _("The elements are nested too deeply."),
        "ceb.xml.xinclude": _("XInclude is not accepted."),
        "ceb.message.unknown": _("{name} is not a message of the {edition} edition."),
        "ceb.attribute.xsi": _("The attribute {name} is not accepted here."),
        "ceb.decimal.form": _("{name} must be a decimal number such as 12 or 12.50."),
        "ceb.int.form": _("{name} must be a whole number in digits."),
        "ceb.digits.form": _("{name} must consist of digits only."),
        "ceb.date.form": _("{name} must be a real date in the form YYYYMMDD."),
        "ceb.time.form": _("{name} must be a real time in the form {form}."),
        "ceb.signature.form": _("The signature does not have the demanded form: {detail}"),
        "ceb.signature.algorithm": _("The algorithm {algorithm} is not allowed in {name}."),
        "ceb.problems.many": _("There are more than {max} problems; the rest is not listed."),
    }
)

SPEC_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "ceb.spec.mandatory": _("{name} is mandatory by the specification."),
        "ceb.spec.length": _("{name} has {length} characters; the specification asks for {min} to {max}."),
        "ceb.spec.digits": _("{name} has more than the {max} digits of the specification."),
        "ceb.spec.value": _("{name} is {value}; the specification knows {allowed}."),
        "ceb.spec.guid": _("{name} should be in upper case."),
        "ceb.spec.space": _("{name} begins or ends with white space."),
        "ceb.spec.signature": _("The specification asks for a signature on a declared document."),
        "ceb.table.unknown": _("{value} is not in the code table {table}."),
    }
)

SCHEMA_CODES = frozenset(SCHEMA_TEXTS)
STRICTER_CODES = frozenset(STRICTER_TEXTS)
SPEC_CODES = frozenset(SPEC_TEXTS)
TEXTS: Mapping[str, str] = MappingProxyType({**SCHEMA_TEXTS, **STRICTER_TEXTS, **SPEC_TEXTS})
