"""Check one message against the wire format: every problem with its path, never only the first.

One walk in the order of the wire. As long as the children come as the description says, each costs one
comparison and one predicate; the first surprise sends that element, and only that one, through `_mend`,
which sorts out what is missing, doubled, misplaced or foreign.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from lxml import etree

from customs.ceb.codes import TEXTS
from customs.ceb.fast import XSI, is_clean
from customs.ceb.layout import Layout, Member, layout
from customs.ceb.message import Report
from customs.ceb.signature import form_problems
from customs.ceb.spec import CEB, DS, EDITION, SPEC, Field, MessageSpec
from customs.ceb.values import SPACE, remarks
from customs.ceb.xml import parse
from reference.problems import Level, Problem, Refused

MAX_PROBLEMS = 10_000
_LOCATIONS = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})
# Attributes outside root and signature, and text between elements, are rare: two searches in C find out
# whether the walk has to look for them at all.
_ODD = etree.XPath(
    "boolean(/*/*/descendant-or-self::*[@*][namespace-uri() != $ds] | //*[*]/text()[normalize-space()])"
)

Codes = Mapping[str, frozenset[str]]


class _Full(Exception):
    """Enough problems."""


def shown(tag: str) -> str:
    """A tag as people read it: no namespace for the message's own, the usual prefix for signatures."""
    if tag.startswith(f"{{{CEB}}}"):
        return tag[len(CEB) + 2 :]
    return f"ds:{tag[len(DS) + 2 :]}" if tag.startswith(f"{{{DS}}}") else tag


class Walk:
    """One pass over one message; `problems` fills up on the way."""

    def __init__(self, *, strict: bool, codes: Codes | None, odd: bool) -> None:
        self.problems: list[Problem] = []
        self._spec_level: Level = "error" if strict else "warning"
        self._codes = codes
        self._odd = odd

    def _unlisted(self, member: Member, text: str) -> bool:
        if self._codes is None or not member.table:
            return False
        known = self._codes.get(member.table)
        return known is not None and text not in known

    def add(self, code: str, path: str, **params: str) -> None:
        soft = code.startswith("ceb.spec.") or code == "ceb.table.unknown"
        self.problems.append(Problem(code, path, TEXTS[code], params, self._spec_level if soft else "error"))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Full

    # -- children ---------------------------------------------------------------------------------------

    def children(self, el: etree._Element, members: Sequence[Member], path: str) -> None:
        """Walk `el` whose children should be `members`."""
        before = len(self.problems)
        if self._odd:
            self._odd_parent(el, path)
        if not self._straight(el, members, path):
            del self.problems[before:]
            if self._odd:
                self._odd_parent(el, path)
            self._mend(el, members, path)

    def _straight(self, el: etree._Element, members: Sequence[Member], path: str) -> bool:
        """The usual case; False as soon as a child is not where the description has it."""
        at, count, last = 0, 0, len(members)
        for child in el:
            tag = child.tag
            while at < last and members[at].tag != tag:
                if not self._leave(members[at], count, path):
                    return False
                at, count = at + 1, 0
            if at == last:
                return False
            count += 1
            member = members[at]
            if member.max is not None and count > member.max:
                return False
            if member.field is not None:
                text = child.text
                dull = text and member.clean(text) and not len(child) and not self._odd
                if not dull or self._unlisted(member, text or ""):
                    self.value(child, member.field, f"{path}/{member.name}")
            else:
                self._inside(child, member, f"{path}/{member.indexed(count)}")
        while at < last:
            if not self._leave(members[at], count, path):
                return False
            at, count = at + 1, 0
        return True

    def _leave(self, member: Member, count: int, path: str) -> bool:
        if count:
            return count >= member.min
        if member.min:
            return False
        if member.field is not None and member.field.mandatory:
            self.add("ceb.spec.mandatory", f"{path}/{member.name}", name=member.name)
        return True

    def _inside(self, el: etree._Element, member: Member, path: str) -> None:
        if member.special == "signature":
            for problem in form_problems(el, path):
                self.add(problem.code, problem.path, **problem.params)
        elif member.special == "any":
            self._any(el, path)
        else:
            self.children(el, member.members, path)

    def _any(self, el: etree._Element, path: str) -> None:
        """The extension's body: at most one element of any kind, no text beside it, no attributes."""
        self._attributes(el, path)
        if (el.text or "").strip(SPACE) or any((child.tail or "").strip(SPACE) for child in el):
            self.add("ceb.text.stray", path)
        if len(el) > 1:
            self.add("ceb.element.count", path, name=shown(el[1].tag), count=str(len(el)), max="1")

    # -- values -----------------------------------------------------------------------------------------

    def value(self, el: etree._Element, field: Field, path: str) -> None:
        """All remarks on one element with a value."""
        if self._odd:
            self._attributes(el, path)
        if len(el):
            self.add("ceb.element.nested", path, name=field.name)
            return
        text = el.text or ""
        for code, params in remarks(field, text):
            self.add(code, path, name=field.name, **params)
        if field.table and self._codes is not None and text:
            known = self._codes.get(field.table)
            if known is not None and text not in known:
                self.add("ceb.table.unknown", path, value=text, table=field.table)

    # -- repair -----------------------------------------------------------------------------------------

    def _mend(self, el: etree._Element, members: Sequence[Member], path: str) -> None:
        """Name everything that is wrong with the children of `el`, then look inside those that belong."""
        place = {member.tag: number for number, member in enumerate(members)}
        known = [(child, place[child.tag]) for child in el if child.tag in place]
        for child in el:
            if child.tag not in place:
                self._foreign(str(child.tag), path, members)
        counts = [0] * len(members)
        stay = _longest_rise([number for _, number in known])
        for position, (child, number) in enumerate(known):
            member = members[number]
            counts[number] += 1
            here = f"{path}/{member.indexed(counts[number])}"
            if member.max is not None and counts[number] > member.max:
                here = f"{path}/{member.name}[{counts[number]}]"
                self.add(
                    "ceb.element.count",
                    here,
                    name=member.name,
                    count=str(counts[number]),
                    max=str(member.max),
                )
            elif position not in stay:
                self.add("ceb.element.order", here, name=member.name)
            if member.field is not None:
                self.value(child, member.field, here)
            else:
                self._inside(child, member, here)
        for member, count in zip(members, counts, strict=True):
            if count < member.min:
                code = "ceb.signature.missing" if member.special == "signature" else "ceb.element.missing"
                self.add(code, f"{path}/{member.name}", name=member.name)
            elif not count:
                self._leave(member, count, path)

    def _foreign(self, tag: str, path: str, members: Sequence[Member]) -> None:
        local = etree.QName(tag).localname
        meant = next((m.tag for m in members if etree.QName(m.tag).localname == local), None)
        if meant:
            namespace = etree.QName(meant).namespace or ""
            self.add("ceb.namespace", f"{path}/{local}", name=local, namespace=namespace)
        else:
            self.add("ceb.element.unknown", f"{path}/{shown(tag)}", name=shown(tag))

    # -- rarities ---------------------------------------------------------------------------------------

    def _attributes(self, el: etree._Element, path: str) -> None:
        for key in el.attrib:
            name = str(key)
            xsi = name.startswith(f"{{{XSI}}}")
            code = "ceb.attribute.xsi" if xsi else "ceb.attribute.unknown"
            self.add(code, f"{path}/@{name.rpartition('}')[2]}", name=name.rpartition("}")[2])

    def _odd_parent(self, el: etree._Element, path: str) -> None:
        if el.getparent() is not None:
            self._attributes(el, path)
        if (el.text or "").strip(SPACE) or any((child.tail or "").strip(SPACE) for child in el):
            self.add("ceb.text.stray", path)

    # -- root -------------------------------------------------------------------------------------------

    def root(self, el: etree._Element, plan: Layout) -> None:
        """The root's attributes, then everything below."""
        path = f"/{etree.QName(el).localname}"
        for key in el.attrib:
            name = str(key)
            if name not in plan.attributes and name not in _LOCATIONS:
                code = "ceb.attribute.xsi" if name.startswith(f"{{{XSI}}}") else "ceb.attribute.unknown"
                self.add(code, f"{path}/@{name.rpartition('}')[2]}", name=name.rpartition("}")[2])
        for name, field in plan.attributes.items():
            value = el.get(name)
            if value is None:
                self.add("ceb.attribute.missing", f"{path}/@{name}", name=name)
                continue
            for code, params in remarks(field, value):
                self.add(code, f"{path}/@{name}", name=name, **params)
        self.children(el, plan.members, path)
        if plan.wants_signature(el):
            self.add("ceb.spec.signature", f"{path}/ds:Signature")


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Positions of a longest non-falling run: what may stay, so that the fewest are called misplaced."""
    tails: list[int] = []
    where: list[int] = []
    back: list[int] = []
    for position, number in enumerate(numbers):
        slot = bisect_right(tails, number)
        back.append(where[slot - 1] if slot else -1)
        if slot == len(tails):
            tails.append(number)
            where.append(position)
        else:
            tails[slot], where[slot] = number, position
    stay: set[int] = set()
    position = where[-1] if where else -1
    while position >= 0:
        stay.add(position)
        position = back[position]
    return stay


def _unknown(el: etree._Element) -> Problem:
    name = etree.QName(el)
    if name.namespace != CEB and name.localname.removesuffix("Message") in SPEC:
        code, params = "ceb.namespace", {"name": name.localname, "namespace": CEB}
    else:
        code, params = "ceb.message.unknown", {"name": name.localname, "edition": EDITION}
    return Problem(code, f"/{name.localname}", TEXTS[code], params)


def message_of(el: etree._Element) -> MessageSpec | None:
    """The description of the message whose root is `el`."""
    name = etree.QName(el)
    if name.namespace != CEB or not name.localname.endswith("Message"):
        return None
    return SPEC.get(name.localname[: -len("Message")])


def check_tree(
    el: etree._Element, *, strict: bool = False, codes: Codes | None = None, data: bytes | None = None
) -> Report:
    """`check` for a tree that `xml.parse` made (of `data`, if at hand: that saves a search)."""
    spec = message_of(el)
    if spec is None:
        # A root that lacks only its "Message" is no message, but what is wrong inside can still be said.
        name = etree.QName(el)
        meant = SPEC.get(name.localname) if name.namespace == CEB else None
        inside = walk(el, meant, strict=strict, codes=codes) if meant else []
        return Report(None, 0, (_unknown(el), *inside))
    documents = sum(1 for _ in el.iterchildren(f"{{{CEB}}}{spec.entity}"))
    plan = layout(spec.type)
    if is_clean(el, plan, data) and (codes is None or _all_listed(el, plan, codes)):
        return Report(spec.type, documents, ())
    return Report(spec.type, documents, tuple(walk(el, spec, strict=strict, codes=codes)))


def _all_listed(el: etree._Element, plan: Layout, codes: Codes) -> bool:
    listed = {tag: codes[table] for tag, table in plan.tables.items() if table in codes}
    return not listed or all(not e.text or e.text in listed[str(e.tag)] for e in el.iter(*listed))


def walk(
    el: etree._Element, spec: MessageSpec, *, strict: bool = False, codes: Codes | None = None
) -> list[Problem]:
    """All problems of the message, by the walk in Python."""
    found = Walk(strict=strict, codes=codes, odd=bool(_ODD(el, ds=DS)))
    try:
        found.root(el, layout(spec.type))
    except _Full:
        code = "ceb.problems.many"
        found.problems.append(Problem(code, f"/{spec.root}", TEXTS[code], {"max": str(MAX_PROBLEMS)}))
    return found.problems


def check(data: bytes, *, strict: bool = False, business: bool = False, codes: Codes | None = None) -> Report:
    """Judge one file. Errors are what customs' schema refuses and STRICTER_CODES; the rest are warnings.

    `strict` turns the warnings into errors. `business` adds the rules between fields that need no database.
    `codes` holds the code tables by name (country, currency, unit, customs_office, traf_mode, trade_mode,
    wrap_type); without it no value is looked up. Never raises for bad data.
    """
    try:
        el = parse(data)
    except Refused as refusal:
        return Report(None, 0, refusal.problems)
    report = check_tree(el, strict=strict, codes=codes, data=data)
    if business and report.message is not None:
        from customs.ceb.business import business_problems
        from customs.ceb.read import read_tree

        found = business_problems([read_tree(el)], strict=strict)
        report = Report(report.message, report.documents, (*report.problems, *found))
    return report
