"""`make test`: all set-up, then every test. Arguments go to pytest."""

from __future__ import annotations

import os
import sys

from local import assets, env, fonts, services, system, translations
from local.processes import foreground, interruptible, output

# Two processes share the work, file by file; `tests/conftest.py` says what stays together.
SHARED = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def run() -> int:
    """Prepare, run pytest, stop the servers unless others use them; pytest's exit status."""
    system.ensure("pdf", "browser", "translation")
    assets.build()
    fonts.install()
    translations.compile_all()
    with services.used():
        environment = env.load() | {"FONTCONFIG_FILE": str(fonts.CONF)} | dict(os.environ)
        if output([sys.executable, "manage.py", "collect_static"], environment)[0]:
            raise SystemExit("The static files could not be collected; see above.")
        return foreground([sys.executable, "-m", "pytest", *(sys.argv[1:] or SHARED)], environment)


def main() -> None:
    """Command line."""
    try:
        with interruptible():
            status = run()
    except KeyboardInterrupt:
        status = 130
    raise SystemExit(status)


if __name__ == "__main__":
    main()
