"""One Chinese font for PDFs and for the browser of the tests, by one `FONTCONFIG_FILE`.

Noto Sans SC comes from the npm package with one ready TTF a weight; it holds all of GBK.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from local.paths import BASE, VAR

PACKAGE = BASE / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
WEIGHTS = ("400Regular", "700Bold")
FOLDER = VAR / "fonts"
CONF = FOLDER / "fonts.conf"

TEMPLATE = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="same"><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias binding="same"><family>serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias binding="same"><family>monospace</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias binding="same"><family>system-ui</family><prefer><family>Noto Sans SC</family></prefer></alias>
</fontconfig>
"""


def install() -> Path:
    """Copy the weights beside a configuration that names only them; the configuration's path."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        name = f"NotoSansSC_{weight}.ttf"
        if not (FOLDER / name).exists():
            # Under its name only when whole: an interrupted copy must not stay.
            half = FOLDER / f"{name}.{os.getpid()}"
            shutil.copyfile(PACKAGE / weight / name, half)
            half.replace(FOLDER / name)
    text = TEMPLATE.format(folder=FOLDER, cache=FOLDER / "cache")
    if not CONF.exists() or CONF.read_text() != text:
        CONF.write_text(text)
    return CONF
