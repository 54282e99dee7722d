"""No two pages keep different things under one name, in the session or in the address."""

import ast
from collections import defaultdict
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def page_of(path: Path) -> str:
    """The page that a file belongs to; every shared file counts as a page of its own."""
    parts = path.relative_to(PROJECT / "pages").with_suffix("").parts
    return parts[1] if parts[0] == "parts" else "/".join(parts)


def keys_of(path: Path) -> list[str]:
    """The values of all `StrEnum`s of a file."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    enums = [node for node in classes if "StrEnum" in {ast.unparse(base) for base in node.bases}]
    assigned = [line.value for node in enums for line in node.body if isinstance(line, ast.Assign)]
    return [ast.literal_eval(value) for value in assigned]


def test_session_keys_are_each_one_pages_own():
    users = defaultdict(set)
    for path in (PROJECT / "pages").rglob("*.py"):
        for key in keys_of(path):
            users[key].add(page_of(path))
    assert len(users) > 60
    assert {key: pages for key, pages in users.items() if len(pages) > 1} == {}


def test_literal_widget_keys_are_each_one_pages_own():
    users = defaultdict(set)
    for path in (PROJECT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "key" and isinstance(node.value, ast.Constant):
                users[node.value.value].add(page_of(path))
    assert len(users) > 60
    assert {key: pages for key, pages in users.items() if len(pages) > 1} == {}
