"""Every desk is built alike: the same files, the same words to the counter; what is missing has its reason here."""

from __future__ import annotations

import pytest

from submissions import registry
from submissions.figures import duties, figures
from submissions.guides import guide
from tests.conftest import BASE

DESKS = ("filing", "customs", "tax", "forex", "credit", "identity")
# File or package → what it holds is told in docs/architecture.md.
FILES = (
    "apps", "registration", "models", "lifecycle", "urls", "views", "admin", "overview", "workbench", "demo",
    "api/v1/urls",
)  # fmt: skip
WITHOUT = {
    ("filing", "lifecycle"): "goods have theirs in filing/goods; registration is a submission's",
    ("filing", "views"): "goods have theirs in filing/goods; registration's pages are the form engine's",
    (
        "identity",
        "workbench",
    ): "nothing is applied for here; what waits for an official stands in the admin's menu",
    ("identity", "demo"): "buyers are asked about by the lists of the story, which customs tells",
    ("filing", "demo"): "registration and goods have theirs in their packages",
}


def has(desk: str, name: str) -> bool:
    """A module or a package of that name, in the room or in one of its own packages."""
    places = [BASE / desk, *(p for p in (BASE / desk).iterdir() if p.is_dir())]
    return any((place / f"{name}.py").exists() or (place / name).is_dir() for place in places)


@pytest.mark.parametrize("desk", DESKS)
def test_a_desk_has_the_files_of_a_desk(desk: str) -> None:
    assert [name for name in FILES if not has(desk, name) and (desk, name) not in WITHOUT] == []
    assert (BASE / "tests" / desk).is_dir()


def test_the_files_are_told_on_the_architecture_page() -> None:
    page = (BASE / "docs" / "architecture.md").read_text()
    assert [name for name in FILES if f"`{name}" not in page] == []


def _own(desk: str, *counting: object) -> bool:
    """One of these functions is the desk's (a partial is its function's)."""
    modules = [getattr(getattr(one, "func", one), "__module__", "") for one in counting]
    return desk in [module.split(".")[0] for module in modules]


@pytest.mark.parametrize("desk", DESKS)
def test_a_desk_tells_the_counter_about_itself(desk: str) -> None:
    """At least one number of the workbench and one figure of the overview are counted by the desk's own code."""
    assert (desk, "workbench") in WITHOUT or [c.code for c in registry.counters() if _own(desk, c.count)]
    assert [f.code for f in figures() if _own(desk, f.value, f.table)] or [
        d.code for d in duties() if _own(desk, d.due)
    ]


def test_every_service_has_a_guide() -> None:
    """Basis, who, papers, promised time and steps; a customs message is told by its own guide."""
    assert [kind.code for kind in registry.kinds() if guide(kind.code) is None] == []
