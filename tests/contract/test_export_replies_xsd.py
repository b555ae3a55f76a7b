"""Contract: what customs' stand-in answers to the export documents is valid against customs' own schema."""

from pathlib import Path

import pytest
from lxml import etree

from customs.demo.export import by_hand, export_messages
from tests.customs.export import parcels
from tests.customs.export.month import answers

pytestmark = pytest.mark.customs_files
REPLIES = {"CEB304", "CEB404", "CEB506", "CEB604", "CEB508", "CEB608", "CEB510"}


@pytest.fixture(scope="module")
def schema(ceb_reference: Path) -> etree.XMLSchema:
    """The export business messages of the 202205 release."""
    (found,) = (ceb_reference / "xsd" / "202205").glob("*出口业务节点*.xsd")
    return etree.XMLSchema(etree.parse(str(found)))


def test_the_months_messages_and_their_replies_are_valid(schema: etree.XMLSchema, tmp_path: Path) -> None:
    messages = [data for _type, data in export_messages()]
    messages += [data for given in by_hand().values() for data in given.values()]
    messages.append(parcels.messages(changed={"CEB403": {}})["CEB403"])
    replies = answers(tmp_path, messages)
    for body in [*messages, *replies]:
        schema.assertValid(etree.fromstring(body))
    names = {etree.QName(etree.fromstring(body)).localname.removesuffix("Message") for body in replies}
    assert names == REPLIES
