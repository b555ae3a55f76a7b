"""The commands of the READMEs, typed as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.demo import secret_of
from tests.conftest import BASE
from tests.running import Running


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_steps_over_rest_do_what_the_readme_says(portal: Running, name: str) -> None:
    rest, quote, check, *_ = re.findall(r"```sh\n(.*?)```", (BASE / name).read_text(), re.S)
    demo = Path(portal.environment["PORTAL_VAR"]) / "demo"
    script = "\n".join(["set -e", rest, "echo", quote, "echo", check.splitlines()[0]])
    script = script.replace("BASE=http://127.0.0.1:8000", f"BASE={portal.url}").replace(
        "var/demo/", f"{demo}/"
    )
    secrets = {f"SECRET_{key.upper()}": secret_of(f"demo-{key}") for key in ("a", "c", "d", "g", "customs")}
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=BASE,
        env=portal.environment | secrets,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(set(re.findall(r'"reference":"(TJ[\d-]+)","documents":1', done.stdout))) == 4, done.stdout
    assert '"next":"' in done.stdout
    assert '"total":"142.51"' in done.stdout
    assert len(re.findall(r"\.xml: CEB\d11|\.xml: CEB621", done.stdout)) == 4, done.stdout
