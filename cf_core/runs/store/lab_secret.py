"""The secret of a lab, under which it signs: in a file beside its runs, or in the database that its servers share."""

import contextlib
import os
import secrets
from pathlib import Path

from cf_core.errors import StoreError
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.database import Database
from cf_core.runs.store.tables import SecretRow

SECRET_FILE, SECRET_NAME, SECRET_BYTES = "signing.key", "signing", 32


def lab_secret(folder: Path) -> bytes:
    """The secret of the lab whose runs are in `folder`: 32 random bytes in a file that its owner alone may read. The
    first call makes it; of several at the same time, in whatever processes, one does.

    Raises:
        StoreError: it cannot be read or written, or is damaged.
    """
    path = folder / SECRET_FILE
    try:
        if not path.exists():
            _make_secret(path, secrets.token_bytes(SECRET_BYTES))
        secret = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: could not be read or made ({error.strerror}). Make the folder writable.") from error
    if len(secret) != SECRET_BYTES:
        raise StoreError(f"{path}: is damaged. Delete it: a new one is made, and links made before are not known.")
    return secret


def shared_secret(database: Database) -> bytes:
    """The secret of a lab whose servers share a database, which keeps it; the first call makes it.

    Raises:
        StoreError: it cannot be read or made.
    """
    with database.reading() as session:
        row = session.get(SecretRow, SECRET_NAME)
    if row is None:
        with database.writing() as session:
            row = session.get(SecretRow, SECRET_NAME)  # another server may have made it since
            if row is None:
                row = SecretRow(name=SECRET_NAME, value=secrets.token_bytes(SECRET_BYTES).hex())
                session.add(row)
    return bytes.fromhex(row.value)


def kept_secret(address: StoreAddress, database: Database) -> bytes | None:
    """The secret of the lab at an address, if it has made one; raises as `lab_secret` does."""
    if address.is_folder:
        return lab_secret(address.folder) if (address.folder / SECRET_FILE).exists() else None
    with database.reading() as session:
        row = session.get(SecretRow, SECRET_NAME)
    return None if row is None else bytes.fromhex(row.value)


def keep_secret(address: StoreAddress, database: Database, secret: bytes | None) -> None:
    """Give a lab without a secret that of another one; raises as `lab_secret` does."""
    if secret is None:
        return
    if address.is_folder:
        _make_secret(address.folder / SECRET_FILE, secret)
        return
    with database.writing() as session:
        session.merge(SecretRow(name=SECRET_NAME, value=secret.hex()))


def _make_secret(path: Path, secret: bytes) -> None:
    """Write the file under a name of its own, and give it the right one unless it is there by now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink()
