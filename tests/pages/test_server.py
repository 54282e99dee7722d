"""What a server does once, before its first visitor."""

import subprocess
import sys

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
