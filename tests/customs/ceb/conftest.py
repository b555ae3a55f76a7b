"""Customs' own files: samples and schemas. They are not ours, so they are never in the repository."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from customs.ceb.spec import SPEC

SAMPLES, SCHEMAS = "samples/gacc-202205", "xsd/202205"
_SCHEMA_FILES = {
    "import": "海关跨境进口业务节点报文定义202205.xsd",
    "export": "海关跨境出口业务节点报文定义202205.xsd",
}


class CustomsFiles:
    """Samples and schemas below the reference folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.schema = cache(self._schema)

    def _schema(self, direction: str) -> etree.XMLSchema:
        return etree.XMLSchema(etree.parse(self.folder / SCHEMAS / _SCHEMA_FILES[direction]))

    def samples(self) -> dict[str, bytes]:
        """Every official sample by the short name of its message, as published."""
        return {
            path.stem.removesuffix("Message"): path.read_bytes()
            for path in sorted((self.folder / SAMPLES).glob("*/*.xml"))
        }

    def refuses(self, message: str, root: etree._Element) -> bool:
        return not self.schema(SPEC[message].direction).validate(root)


@pytest.fixture(scope="session")
def customs_files(ceb_reference: Path) -> CustomsFiles:
    return CustomsFiles(ceb_reference)
