"""F's registration in a browser: the form filled in by its labels, customs' question answered."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from filing.enterprise.definition import DEFINITION
from filing.enterprise.demo import ANSWERS, LICENCE
from submissions.definitions.fields import Field, Shape
from tests.journeys import papers

KIND = DEFINITION.code
SELECTS = (Shape.CHOICE, Shape.YES_NO, Shape.COUNTRY, Shape.CURRENCY, Shape.UNIT)
NUMBER = re.compile(r"TJ\d\d-\d{4}-\d{4}-\w")
PDF = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": LICENCE}


def fill(page: Page, field: Field, value: Any) -> None:
    """One field, by the name of its control."""
    name = f"[name='f-{field.code}']"
    if field.shape is Shape.CHOICES:
        for box in page.locator(name).all():
            box.set_checked(box.get_attribute("value") in value)
    elif field.shape in SELECTS:
        page.locator(name).select_option(value)
    else:
        page.locator(name).fill(str(value))


def begin(page: Page, **changes: Any) -> None:
    """A draft with every answer and the licence; ends on the page that shows everything once more."""
    page.goto(reverse("apply", args=[KIND]))
    page.get_by_role("button", name="Begin a new form").click()
    page.wait_for_url(re.compile("/drafts/"))
    page.locator("#paper-licence input[type=file]").set_input_files([PDF])  # type: ignore[list-item]
    page.locator("#paper-licence").get_by_role("button", name="Add").click()
    expect(page.locator("#paper-licence")).to_contain_text("licence-")
    for code, value in (ANSWERS | changes).items():
        field = DEFINITION.field(code)
        assert field is not None, code
        fill(page, field, value)
    page.get_by_role("button", name="Check the answers").click()
    page.wait_for_url(re.compile("/check/"))


def hand_in(page: Page) -> str:
    """From the page of the check; the number that comes at once."""
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url(re.compile("/submissions/TJ"))
    found = NUMBER.search(page.url)
    assert found, page.url
    return found.group()


def answer(page: Page, reference: str, agency: str, **values: str) -> None:
    """Wait for the agency's question, mend what it names, send the answer."""
    page.goto(reverse("submission", args=[reference]))
    row = page.locator("tr", has_text=agency)
    row.get_by_role("link", name="Answer").click()
    for code, value in values.items():
        page.locator(f"[name='f-{code}']").fill(value)
    page.get_by_role("button", name="Send the answer").click()
    page.wait_for_url(re.compile("/submissions/TJ"))


def register(page: Page, stranger: Page) -> None:
    """Five parties; customs asks for the name of the account; in progress until the last has accepted."""
    begin(page)
    reference = hand_in(page)
    answer(page, reference, "Customs", account_name=str(ANSWERS["name"]))
    expect(page.locator(".status-large")).to_contain_text("accepted", timeout=60_000)
    expect(page.locator("section[aria-labelledby=agencies] tbody tr", has_text="accepted")).to_have_count(5)
    paper = papers.downloaded(page, page.locator("a[href$='/certificate.pdf']"))
    text = papers.verified(stranger, paper)
    assert str(ANSWERS["name"]) in text
    for number in ("COM", "CUS", "TAX", "BAN", "MAR"):
        assert f"{number}20" in text, text
