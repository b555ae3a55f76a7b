"""`make test`: all set-up, then every test. Arguments go to pytest."""

from __future__ import annotations

import os
import subprocess
import sys

from local import assets, env, fonts, services, system, translations
from local.paths import BASE


def main() -> None:
    """Prepare, run pytest, stop the servers if this run started them."""
    system.ensure("pdf", "browser", "translation")
    assets.build()
    fonts.install()
    translations.compile_all()
    started = services.start()
    environment = env.load() | {"FONTCONFIG_FILE": str(fonts.CONF)} | dict(os.environ)
    collect = [sys.executable, "manage.py", "collect_static"]
    try:
        subprocess.run(collect, cwd=BASE, env=environment, check=True)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *sys.argv[1:]], cwd=BASE, env=environment, check=False
        )
    finally:
        if started:
            services.stop()
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
