"""Who puts the declarant's signature under a typed list (docs/adr/0029).

Two ways: the enterprise takes the message away, signs it with its own device and brings it back; or a signer at the
portal signs when somebody confirms. The only signer there is stands for nobody: the demonstration's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as _
from lxml import etree

from customs.ceb import Message, Signer, demo_signer, read, write
from customs.ceb.demo_signer import verifies
from customs.ceb.signature import RSA_SHA1
from customs.ceb.spec import DS
from customs.ceb.xml import parse
from reference.problems import Problem, Refused

DEMONSTRATION = "demonstration"


@dataclass(frozen=True, slots=True)
class AtThePortal:
    """A signer of the portal. `name` stands in the trail beside who confirmed."""

    name: str
    sign: Signer


def at_the_portal() -> AtThePortal | None:
    """The signer of this installation (`CEB_SIGNER`); None: every enterprise signs with its own device."""
    if settings.CEB_SIGNER != DEMONSTRATION:
        return None
    return AtThePortal(DEMONSTRATION, demo_signer(Path(settings.VAR_DIR("demo-signing"))))


def unsigned(message: Message) -> bytes:
    """What the enterprise takes away to sign."""
    return write(message)


def signed_elsewhere(data: bytes, message: Message) -> bytes:
    """The file that came back; `Refused` unless it is this message with a signature that fits it.

    RSA signatures are verified against the certificate in them; of SM2 only the form is checked, at intake.
    """
    root = parse(data)
    signature = root.find(f"{{{DS}}}Signature")
    if signature is None:
        raise Refused([Problem("one_list.not_signed", "/", _("The file holds no signature."))])
    is_rsa = read(data).signature
    if is_rsa is not None and is_rsa.method == RSA_SHA1 and not _fits(data):
        raise Refused([Problem("one_list.signature_wrong", "/", _("The signature does not fit the file."))])
    root.remove(signature)
    if _canonical(root) != _canonical(parse(unsigned(message))):
        text = _("The file is not this list as it was downloaded: download it once more and sign that.")
        raise Refused([Problem("one_list.other_content", "/", text)])
    return data


def _fits(data: bytes) -> bool:
    """Whatever cannot even be read does not fit."""
    try:
        return verifies(data)
    except (ValueError, TypeError):
        return False


def _canonical(root: etree._Element) -> bytes:
    return etree.tostring(root, method="c14n", with_comments=False)
