"""The description of a message compiled into what the checker compares child by child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from lxml import etree

from customs.ceb.spec import CEB, DS, SPEC, SUBSCRIBES_MAX, Block, Field, MessageSpec
from customs.ceb.values import Predicate, clean

Special = Literal["", "signature", "any"]


@dataclass(frozen=True, slots=True)
class Member:
    """One place in a sequence: an element with a value (`field`), with elements (`members`), or a special."""

    tag: str
    name: str
    min: int
    max: int | None
    field: Field | None = None
    clean: Predicate = bool
    table: str = ""
    members: tuple[Member, ...] = ()
    special: Special = ""

    def indexed(self, count: int) -> str:
        """The step of a path: numbered from 1 where there may be several."""
        return self.name if self.max == 1 else f"{self.name}[{count}]"


def _attribute(name: str, least: int, most: int, kind: Literal["", "guid"]) -> Field:
    return Field(
        name=name, zh="", en="", base="string", required=True, min_length=least, max_length=most,
        total_digits=None, fraction_digits=None, fixed="", default="", collapse=False, mandatory=True,
        spec_min=None, spec_max=None, kind=kind, table="", values=frozenset(), personal="",
    )  # fmt: skip


ATTRIBUTES: Mapping[str, Field] = MappingProxyType(
    {"guid": _attribute("guid", 36, 36, "guid"), "version": _attribute("version", 1, 10, "")}
)


@dataclass(frozen=True, slots=True)
class Layout:
    """One message, ready to be walked."""

    members: tuple[Member, ...]
    attributes: Mapping[str, Field]
    spec: MessageSpec
    tables: Mapping[str, str]  # tag → code table

    def wants_signature(self, el: etree._Element) -> bool:
        """Only the text asks for a signature, on declared documents, and there is none."""
        if self.spec.signature not in ("optional", "demanded") or el.find(f"{{{DS}}}Signature") is not None:
            return False
        head = f"{{{CEB}}}{self.spec.head.name}/" if self.spec.nested else ""
        return any(
            (entity.findtext(f"{head}{{{CEB}}}appStatus") or "").strip() == "2"
            for entity in el.iterchildren(f"{{{CEB}}}{self.spec.entity}")
        )


def _block(block: Block) -> tuple[Member, ...]:
    return tuple(
        Member(
            f"{{{CEB}}}{field.name}", field.name, int(field.required), 1,
            field=field, clean=clean(field), table=field.table,
        )
        for field in block.fields
    )  # fmt: skip


def _parent(name: str, least: int, most: int | None, members: tuple[Member, ...]) -> Member:
    return Member(f"{{{CEB}}}{name}", name, least, most, members=members)


def _entity(spec: MessageSpec) -> Member:
    members = _block(spec.head)
    if spec.nested:
        members = (_parent(spec.head.name, 1, 1, members),)
        if spec.lines is not None:
            lines = _parent(spec.lines.name, spec.lines_min, spec.lines_max, _block(spec.lines))
            members = (*members, lines)
    return _parent(spec.entity, 1, spec.max_documents, members)


def _trailer(spec: MessageSpec) -> dict[str, Member]:
    if spec.transfer is None or spec.subscribe is None or spec.extend is None:
        return {}
    body = Member(f"{{{CEB}}}Message", "Message", 1, 1, special="any")
    signed = int(spec.signature == "required")
    return {
        "BaseTransfer": _parent("BaseTransfer", 1, 1, _block(spec.transfer)),
        "BaseSubscribe": _parent("BaseSubscribe", 0, SUBSCRIBES_MAX, _block(spec.subscribe)),
        "ExtendMessage": _parent("ExtendMessage", 0, 1, (*_block(spec.extend), body)),
        "Signature": Member(f"{{{DS}}}Signature", "ds:Signature", signed, 1, special="signature"),
    }


@cache
def layout(name: str) -> Layout:
    """The layout of message `name` (short form), built at first use."""
    spec = SPEC[name]
    blocks = _trailer(spec)
    members = (_entity(spec), *(blocks[part] for part in spec.trailer))
    tables = {
        f"{{{CEB}}}{field.name}": field.table
        for block in (spec.head, spec.lines)
        if block is not None
        for field in block.fields
        if field.table
    }
    return Layout(members, ATTRIBUTES, spec, MappingProxyType(tables))
