"""Small tables of ratings, right ones and wrong ones."""

from collections.abc import Mapping
from pathlib import Path

N_ITEMS = 8


def write_table(file: Path, n_users: int = 20, wrong: Mapping[int, str] | None = None) -> Path:
    """A CSV with readers, books and points; `wrong` puts other text in place of some rows' points."""
    rows = [(f"reader {user}", f"b{item}", str(5 * ((3 * user + item) % 7))) for user in range(n_users)
            for item in range(N_ITEMS) if (user + item) % 3]  # fmt: skip
    texts = [f"{user},{item},{(wrong or {}).get(row, points)}" for row, (user, item, points) in enumerate(rows)]
    file.write_text("\n".join(["reader,book,points", *texts, ""]), encoding="utf-8")
    return file
