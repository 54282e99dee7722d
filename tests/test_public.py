"""What `import cf_core` offers to a notebook, and the README's example of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import cf_core

PROJECT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", cf_core.__all__)
def test_every_name_is_there_and_listed(name: str) -> None:
    assert getattr(cf_core, name) is not None
    assert name in dir(cf_core)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'everything'"):
        cf_core.everything  # noqa: B018


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import cf_core, sys; assert not {'torch', 'pandas', 'sklearn', 'plotly'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, timeout=60)


def test_the_readmes_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.splitlines()) <= 14
    said = subprocess.run(
        [sys.executable, "-c", example], cwd=PROJECT, check=True, capture_output=True, text=True, timeout=300
    )
    assert "epoch 3: RMSE 0.87" in said.stdout
    assert "Shawshank Redemption, The (1994)" in said.stdout
