"""What a service that is filled in as a form says about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reference.problems import Problem
from submissions.definitions.fields import Field, Values
from submissions.registry import Text

if TYPE_CHECKING:
    from accounts.models import Company
    from submissions.models import Submission
    from submissions.panels import Panel
    from trail.actors import Actor

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
MEGABYTE = 1024 * 1024
Facts = list[tuple[str, str, str]]  # Chinese, English, value


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, under one heading."""

    code: str
    title: Text
    fields: tuple[Field, ...]
    intro: Text = ""


@dataclass(frozen=True, slots=True)
class PaperSlot:
    """A paper to be handed in with the form. `visible_to` as of a field."""

    code: str
    name: Text
    help: Text = ""
    required: bool = True
    types: tuple[str, ...] = (PDF, JPEG, PNG)
    most_bytes: int = 5 * MEGABYTE
    most_files: int = 1
    visible_to: tuple[str, ...] = ()

    def seen_by(self, agency_code: str) -> bool:
        """Whether that agency gets the paper."""
        return not self.visible_to or agency_code in self.visible_to


@dataclass(frozen=True, slots=True)
class AgencyPart:
    """One agency's part: what it does, by when it promises to, and by when the law wants it (working days).

    `name`: how the guide calls it where which agency it is depends on the form (`ServiceDefinition.bind`).
    """

    code: str
    what: Text
    promised_days: int
    statutory_days: int | None = None
    basis: Text = ""
    name: Text = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The paper at the end. `facts` gives its lines from the accepted submission; `closing` stands below."""

    title_zh: str
    title_en: str
    facts: Callable[[Submission, Values], Facts]
    closing_zh: str = ""
    closing_en: str = ""


def _nothing_wrong(values: Values) -> list[Problem]:
    return []


def _nothing_known(company: Company) -> Mapping[str, Any]:
    return {}


def _nothing_on_record(company: Company, values: Values) -> Mapping[str, Any]:
    return {}


def _nothing_shown(company: Company, values: Values) -> Panel | None:
    return None


def _no_title(values: Values) -> str:
    return ""


def _as_it_is(definition: ServiceDefinition, company: Company) -> ServiceDefinition:
    return definition


def _nothing_follows(submission: Submission, values: Values, by: Actor) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """A service in one declaration.

    `check(values)`: rules between fields, on values already read; every problem has the path "/<field>".
    `prefill(company)`: raw values from records and earlier submissions, over the fields' own. `title(values)`:
    how a submission is called in lists. `notes`: what an applicant should know before beginning (a filing that
    is no longer compulsory, say). `faq`: questions with their answers, for the guide.
    `mandate_service`: what a mandate must be given for ("" = the code).

    `agencies` left empty: nobody decides, it is accepted at once (an extract from what is on record).
    `bind(definition, company)`: the same for one company, where choices, rules or agencies depend on who asks.
    `addressees(values)`: which of the agencies get it; left out, all of them. `follow(submission, values, by)`:
    what is written in the transaction of handing in; it may still refuse. `answered`: the same of an answer to an
    agency, with the values as they stand now. `record(company, values)`: what stands on record about them that day;
    frozen with them, and every agency gets it. `preview(company, values)`: what the check page shows besides.
    """

    code: str
    name: Text
    sentence: Text
    group: Text
    basis: tuple[Text, ...]
    who: Text
    sections: tuple[Section, ...]
    agencies: tuple[AgencyPart, ...]
    papers: tuple[PaperSlot, ...] = ()
    fee: Text = ""
    notes: tuple[Text, ...] = ()
    faq: tuple[tuple[Text, Text], ...] = ()
    certificate: Certificate | None = None
    check: Callable[[Values], list[Problem]] = _nothing_wrong
    prefill: Callable[[Company], Mapping[str, Any]] = _nothing_known
    title: Callable[[Values], str] = _no_title
    mandate_service: str = ""
    bind: Callable[[ServiceDefinition, Company], ServiceDefinition] = _as_it_is
    addressees: Callable[[Values], tuple[str, ...]] | None = None
    follow: Callable[[Submission, Values, Actor], None] = _nothing_follows
    answered: Callable[[Submission, Values, Actor], None] = _nothing_follows
    record: Callable[[Company, Values], Mapping[str, Any]] = _nothing_on_record
    preview: Callable[[Company, Values], Panel | None] = _nothing_shown

    def of(self, company: Company) -> ServiceDefinition:
        """The definition as it stands for that company."""
        return self.bind(self, company)

    @property
    def service(self) -> str:
        """What a mandate must be given for."""
        return self.mandate_service or self.code

    @property
    def fields(self) -> Iterator[Field]:
        """All fields, in order."""
        return (field for section in self.sections for field in section.fields)

    @property
    def agency_codes(self) -> tuple[str, ...]:
        """Whom it can be referred to."""
        return tuple(part.code for part in self.agencies)

    def goes_to(self, values: Values) -> tuple[str, ...]:
        """Whom it is referred to with these values."""
        return self.addressees(values) if self.addressees else self.agency_codes

    def field(self, code: str) -> Field | None:
        """The field of that code."""
        return next((field for field in self.fields if field.code == code), None)

    def paper(self, code: str) -> PaperSlot | None:
        """The paper of that code."""
        return next((slot for slot in self.papers if slot.code == code), None)

    def part(self, agency_code: str) -> AgencyPart | None:
        """That agency's part."""
        return next((part for part in self.agencies if part.code == agency_code), None)


_definitions: dict[str, ServiceDefinition] = {}


def keep(definition: ServiceDefinition) -> None:
    """Called by `registration.register_service`; the last of a code counts."""
    _definitions[definition.code] = definition


def definition_of(kind: str) -> ServiceDefinition | None:
    """The definition of a kind; None for kinds that are no forms."""
    return _definitions.get(kind)


def definitions() -> tuple[ServiceDefinition, ...]:
    """All of them."""
    return tuple(_definitions.values())
