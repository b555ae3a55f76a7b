"""`make bench`: one JSON object a line; what is going on goes to standard error."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bench import clock, options
from local import assets, env, services, translations

if TYPE_CHECKING:
    from bench.figures import Figure

# Steps of half a second that customs waits for a document; a list that came before it is counted, not returned.
PATIENCE = "240"
BROKER = 11  # number of the broker's database
SOUND = ("lists_lost", "lists_doubled", "taxes_wrong", "messages_refused")  # 0, or the run has failed


def main() -> int:
    """Start a portal of its own, measure, print; 1 when the portal was fast but wrong."""
    told = options.read()
    assets.build()
    translations.compile_all()
    with services.used(), tempfile.TemporaryDirectory() as folder:
        for name, value in env.load().items():
            os.environ.setdefault(name, value)
        values = _figures(Path(folder), told)
    return int(any(values.get(name) for name in SOUND))


def _figures(folder: Path, told: options.Options) -> dict[str, float | None]:
    from tests.running import running

    machine, main = clock.machine(), os.environ["DATABASE_URL"]
    values: dict[str, float | None] = {}

    def show(figure: Figure) -> None:
        values[figure.name] = figure.value
        print(figure.line(), flush=True)

    os.environ["AGENCIES_PATIENCE"] = PATIENCE
    with running(folder, name="bench", broker=BROKER) as portal:
        _begin_django(portal.environment, folder)
        from bench import run
        from bench.figures import MILLION

        for figure in run.measure(portal, folder, told, machine):
            show(figure)
    if told.peers and (ours := values.get("cpu_us_per_list")):
        show(run.ratio_to_peer(ours / MILLION, told, main))
    if "starts" in told.parts.split(","):
        from bench import starts

        for figure in starts.measure():
            show(figure)
    return values


def _begin_django(environment: Mapping[str, str], folder: Path) -> None:
    """This process looks at the portal's own database from here on."""
    os.environ.update(environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    os.environ["PORTAL_VAR"] = str(folder)
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
