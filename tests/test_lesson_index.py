"""Every section of the lesson has a home, and the index in cf_core/README.md and the tags in the code agree."""

import re
from pathlib import Path

import pytest

CORE = Path(__file__).parents[1] / "cf_core"
SECTIONS = (
    "Collaborative filtering using fast.ai",
    "Collaborative filtering",
    "Movie bias",
    "Interpreting embedding matrices",
    "Collbarative Filtering from scratch",
    "PyTorch Arithmetic",
    "CUDA",
    "PyTorch Modules",
    "A more complex module/fixing up index values",
    "Creating the module",
    "Bias",
    "Mini neural net",
    "Note on fit.",
)
"""The lesson's headings, as it spells them."""

ROW = re.compile(r"^\| (?P<section>[^|]+) \| [^|]+ \| (?P<homes>`[^|]+`) \|$", re.MULTILINE)
TAG = re.compile(r'\(lesson: ((?:"[^"]+"(?:, )?)+)\)')


def indexed() -> set[tuple[str, str]]:
    """Section and file of every row of the index."""
    text = (CORE / "README.md").read_text(encoding="utf-8")
    index = text[text.index("## The lesson, cell by cell") : text.index("## Processes")]
    return {(row["section"], home) for row in ROW.finditer(index) for home in re.findall(r"`([^`]+)`", row["homes"])}


def tagged() -> set[tuple[str, str]]:
    """Section and file of every tag in the code."""
    return {
        (section, file.relative_to(CORE).as_posix())
        for file in CORE.rglob("*.py")
        for tag in TAG.finditer(file.read_text(encoding="utf-8"))
        for section in re.findall(r'"([^"]+)"', tag[1])
    }


def test_the_index_and_the_tags_agree() -> None:
    assert indexed() == tagged()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_the_lesson_has_a_home(section: str) -> None:
    assert section in {of for of, _ in tagged()}


def test_there_are_no_other_sections() -> None:
    assert {section for section, _ in tagged()} <= set(SECTIONS)
