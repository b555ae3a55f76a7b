"""The garbage collector and what stays for good.

Everything that is loaded when a process begins stays until it ends: some hundred thousand objects. Each full
collection looks through all of them, and reading a hundred documents sets off several. Frozen, they are passed over.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Call once, when the process has loaded what it works with."""
    gc.collect()
    gc.freeze()
