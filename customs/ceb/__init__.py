"""Customs' CEB messages on the wire: one description as data, and what follows from it.

`check` judges, `read` and `write` translate, `read_reply` reads customs tolerantly, `mask` shows a message to
people. See docs/ceb.md for the severities, the codes and the limits.
"""

from customs.ceb.check import Codes, check
from customs.ceb.codes import SPEC_CODES, STRICTER_CODES
from customs.ceb.demo_signer import demo_signer
from customs.ceb.mask import mask
from customs.ceb.message import Document, Extend, Message, Report, SignatureInfo
from customs.ceb.read import load, read, read_reply
from customs.ceb.signature import Signer
from customs.ceb.spec import SPEC, MessageSpec, message_spec
from customs.ceb.write import write
from reference.problems import Problem, Refused

__all__ = [
    "SPEC",
    "SPEC_CODES",
    "STRICTER_CODES",
    "Codes",
    "Document",
    "Extend",
    "Message",
    "MessageSpec",
    "Problem",
    "Refused",
    "Report",
    "SignatureInfo",
    "Signer",
    "check",
    "demo_signer",
    "load",
    "mask",
    "message_spec",
    "read",
    "read_reply",
    "write",
]
