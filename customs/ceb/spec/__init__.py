"""The wire format of the CEB messages (202205 edition) as data, compiled once.

`messages.toml` holds the trees, `fields.csv` the fields of every block. Both hold facts only: names, order,
occurrence, lengths, digits, fixed values. Reading, writing and checking follow from what is compiled here.

Source: the 202205 edition of customs' interface specification and its XML schemas. Where text and schema
disagree the schema's value stands in the first columns (an error when broken) and the text's tighter one in
`mandatory`, `spec_min`, `spec_max` and `values` (a warning when broken).
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

CEB = "http://www.chinaport.gov.cn/ceb"
DS = "http://www.w3.org/2000/09/xmldsig#"
EDITION = "202205"

Base = Literal["string", "decimal", "int"]
Kind = Literal["", "guid", "digits", "date8", "time14", "time17"]
Personal = Literal["", "name", "id", "phone", "address", "account"]
Direction = Literal["import", "export"]
SignatureDemand = Literal["none", "optional", "demanded", "required"]

SUBSCRIBES_MAX = 5


@dataclass(frozen=True, slots=True)
class Field:
    """One element with a value. Lengths count characters; `None` = no bound."""

    name: str
    zh: str
    en: str
    base: Base
    required: bool  # by the schema
    min_length: int
    max_length: int | None
    total_digits: int | None
    fraction_digits: int | None
    fixed: str
    default: str
    collapse: bool  # the schema collapses white space before it counts
    mandatory: bool  # by the specification's text
    spec_min: int | None
    spec_max: int | None  # for int: digits
    kind: Kind
    table: str
    values: frozenset[str]
    personal: Personal


@dataclass(frozen=True, slots=True)
class Block:
    """A run of fields in the order of the wire, e.g. `OrderHead`."""

    name: str
    fields: tuple[Field, ...]
    by_name: Mapping[str, Field] = field(repr=False)
    by_tag: Mapping[str, Field] = field(repr=False)

    @classmethod
    def of(cls, name: str, fields: Iterable[Field]) -> Block:
        fields = tuple(fields)
        by_name = {f.name: f for f in fields}
        by_tag = {f"{{{CEB}}}{f.name}": f for f in fields}
        return cls(name, fields, MappingProxyType(by_name), MappingProxyType(by_tag))


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """One business message. `lines` is None for documents without lines; a `max` of None is unbounded."""

    type: str
    direction: Direction
    zh: str
    en: str
    reply: str | None
    entity: str
    max_documents: int | None
    head: Block
    nested: bool  # the head is an element of its own inside the entity
    lines: Block | None
    lines_min: int
    lines_max: int | None
    signature: SignatureDemand
    transfer: Block | None
    subscribe: Block | None
    extend: Block | None

    @property
    def root(self) -> str:
        return f"{self.type}Message"

    @property
    def trailer(self) -> tuple[str, ...]:
        """Names of the blocks after the documents, in the order of the wire (it differs by direction)."""
        if self.signature == "none":
            return ()
        last = (
            ("ExtendMessage", "Signature") if self.direction == "import" else ("Signature", "ExtendMessage")
        )
        return ("BaseTransfer", "BaseSubscribe", *last)


def _number(text: str) -> int | None:
    return int(text) if text else None


def _field(row: Mapping[str, str]) -> Field:
    return Field(
        name=row["element"],
        zh=row["zh"],
        en=row["en"],
        base=cast(Base, row["base"]),
        required=row["min"] == "1",
        min_length=_number(row["min_length"]) or 0,
        max_length=_number(row["max_length"]),
        total_digits=_number(row["total_digits"]),
        fraction_digits=_number(row["fraction_digits"]),
        fixed=row["fixed"],
        default=row["default"],
        collapse=row["collapse"] == "yes",
        mandatory=row["mandatory"] == "yes",
        spec_min=_number(row["spec_min"]),
        spec_max=_number(row["spec_max"]),
        kind=cast(Kind, row["kind"]),
        table=row["table"],
        values=frozenset(row["values"].split("|")) if row["values"] else frozenset(),
        personal=cast(Personal, row["personal"]),
    )


Fields = dict[tuple[str, str], list[Field]]


def _fields() -> Fields:
    found: Fields = {}
    with (files(__name__) / "fields.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            found.setdefault((row["scope"], row["path"]), []).append(_field(row))
    return found


def _message(name: str, tree: Mapping[str, object], fields: Fields) -> MessageSpec:
    entity, head, lines = (cast(str, tree.get(key, "")) for key in ("entity", "head", "list"))
    direction = cast(Direction, tree["direction"])

    def block(scope: str, path: str) -> Block:
        return Block.of(path.rpartition("/")[2], fields[scope, path])

    closed = tree["signature"] == "none"
    transfer, subscribe, extend = (
        None if closed else block(direction, part)
        for part in ("BaseTransfer", "BaseSubscribe", "ExtendMessage")
    )
    return MessageSpec(
        type=name,
        direction=direction,
        zh=cast(str, tree["zh"]),
        en=cast(str, tree["en"]),
        reply=cast("str | None", tree.get("reply")),
        entity=entity,
        max_documents=cast(int, tree["max"]) or None,
        head=block(name, f"{entity}/{head}" if head else entity),
        nested=bool(head),
        lines=block(name, f"{entity}/{lines}") if lines else None,
        lines_min=cast(int, tree.get("list_min", 0)),
        lines_max=cast(int, tree.get("list_max", 0)) or None,
        signature=cast(SignatureDemand, tree["signature"]),
        transfer=transfer,
        subscribe=subscribe,
        extend=extend,
    )


@cache
def load() -> Mapping[str, MessageSpec]:
    """Every message of the edition by its short name (`CEB311`), read once per process."""
    trees = tomllib.loads((files(__name__) / "messages.toml").read_text(encoding="utf-8"))
    fields = _fields()
    return MappingProxyType({name: _message(name, tree, fields) for name, tree in trees.items()})


SPEC: Mapping[str, MessageSpec] = load()


def message_spec(name: str) -> MessageSpec:
    """The message called `CEB621` or `CEB621Message`; KeyError when the edition has none of that name."""
    return SPEC[name.removesuffix("Message")]
