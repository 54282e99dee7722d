"""The environment of programs that run in processes of their own."""

import functools
import os
import shutil
import tempfile
from atexit import register


def child_environment() -> dict[str, str]:
    """This process's environment. UMAP's compiler keeps what it compiled in the user's home, or fails: for a user who
    has no home to write to, as in many containers, it is given a folder for as long as this process lives."""
    if "NUMBA_CACHE_DIR" in os.environ or os.access(os.path.expanduser("~"), os.W_OK):
        return dict(os.environ)
    return {**os.environ, "NUMBA_CACHE_DIR": _compiled()}


@functools.cache
def _compiled() -> str:
    folder = tempfile.mkdtemp(prefix="cf-lab-compiled-")
    register(shutil.rmtree, folder, ignore_errors=True)
    return folder
