"""What a server does once, before its first visitor."""

import subprocess
import sys
import tomllib

import pytest

from cf_core.environment import PROJECT


@pytest.mark.parametrize(("soft", "hard", "after"), [(256, 4_096, 4_096), (256, 512, 512), (4_096, 4_096, 4_096)])
def test_the_limit_of_open_files_is_raised_as_far_as_allowed(soft: int, hard: int, after: int) -> None:
    code = f"""
import resource
from pages.shared.server import _allow_many_files
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
_allow_many_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert said.stdout.split() == [str(after), str(hard)]


def test_what_streamlit_is_told() -> None:
    """Nobody can upload, no full collection follows every script run, and an error shows a visitor its type alone."""
    told = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert told["server"]["maxUploadSize"] == 0
    assert told["runner"]["postScriptGC"] is False
    assert told["client"]["showErrorDetails"] == "type"
