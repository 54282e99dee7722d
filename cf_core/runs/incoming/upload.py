"""One uploaded file: what is understood of it, what is wrong with it, and its import."""

import json
import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from cf_core.data.tables.as_json import (
    complaint_from_json,
    options_to_json,
    summary_from_json,
    understood_from_json,
)
from cf_core.data.tables.options import Complaint, ImportOptions, ImportSummary, Understood
from cf_core.errors import CFError
from cf_core.files import remove_folder
from cf_core.runs.data_set import DataSet
from cf_core.runs.incoming.reader import Event, Reader
from cf_core.runs.store.data_sets import Write
from cf_core.words import Words

Doing = Literal["nothing", "looking", "importing"]


class Upload:
    """A file that somebody uploaded, from then on until it is a data set or is discarded.

    Attributes:
        upload_id: tells it apart from others.
        file: where it is, under its own name.
        n_bytes: its size.
        options: as they were chosen last.
        doing: what is under way.
        progress: of an import, 0 to 1.
        understood: of its beginning; None until that is known, or where nothing could be read.
        complaints: all that is wrong with it, with these options; None until that is known, or where `refusal` says
            why nothing can be listed.
        refusal: why it could not be read or imported; "" unless so.
        data_set: what it has become; None until then.
        summary: of the import that made it.
    """

    def __init__(self, folder: Path, file: Path, options: ImportOptions) -> None:
        self.upload_id = uuid.uuid4().hex[:8]
        self.folder, self.file, self.n_bytes = folder, file, file.stat().st_size
        self.options = options
        self.doing: Doing = "nothing"
        self.progress = 0.0
        self.understood: Understood | None = None
        self.complaints: list[Complaint] | None = None
        self.refusal = ""
        self.data_set: DataSet | None = None
        self.summary: ImportSummary | None = None
        self._lock = threading.RLock()
        self._reader: Reader | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it can be imported as it is."""
        return self.doing == "nothing" and self.complaints == []

    def look(self, options: ImportOptions) -> None:
        """Find out what is wrong with it under these options; ends what is under way."""
        with self._lock:
            if options.has_header != self.options.has_header:
                self.understood = None  # the columns are called otherwise
            self.options, self.complaints = options, None
            reader = self._begin("looking", "look")
        threading.Thread(target=self._run, args=(reader, lambda: None), daemon=True).start()

    def start_import(self, add: Callable[[Write], DataSet]) -> None:
        """Import it, and have `add` make a data set of it, which goes on whether or not somebody looks."""
        target = self.folder / "imported"
        with self._lock:
            remove_folder(target)
            self.progress = 0.0
            reader = self._begin("importing", "import", str(target))
        threading.Thread(target=self._run, args=(reader, lambda: self._add(add, target)), daemon=True).start()

    def stop(self) -> None:
        """End what is under way; nothing of an import stays."""
        with self._lock:
            if self._reader is not None:
                self._reader.kill()
            self._reader, self.doing = None, "nothing"

    def discard(self) -> None:
        """End what is under way, and delete the file."""
        self.stop()
        remove_folder(self.folder)

    def _begin(self, doing: Doing, task: str, *target: str) -> Reader:
        self.stop()
        options = json.dumps(options_to_json(self.options))
        self._reader, self.doing, self.refusal = Reader([task, str(self.file), options, *target]), doing, ""
        return self._reader

    def _run(self, reader: Reader, then: Callable[[], None]) -> None:
        """Follow the reader to its end, and do what comes then, unless something else was begun or it was stopped."""
        try:
            reader.run(lambda event: self._hear(reader, event))
            if self._reader is reader:
                then()
        except CFError as error:
            self._end(reader, str(error))
        except Exception:
            self._end(reader, "The file could not be imported, for a reason that stands in the server's log.")
            raise
        else:
            self._end(reader, "")

    def _end(self, reader: Reader, refusal: str) -> None:
        with self._lock:
            if self._reader is reader:
                self._reader, self.doing, self.refusal = None, "nothing", refusal

    def _hear(self, reader: Reader, event: Event) -> None:
        with self._lock:
            if self._reader is not reader:
                return
            if event["event"] == "understood":
                self.understood = understood_from_json(event["understood"])
            elif event["event"] == "complaints":
                self.complaints = [complaint_from_json(one) for one in event["complaints"]]
            elif event["event"] == "progress":
                self.progress = event["done"] / event["total"]
            elif event["event"] == "imported":
                self.summary = summary_from_json(event["summary"])

    def _add(self, add: Callable[[Write], DataSet], target: Path) -> None:
        summary = self.summary
        assert summary is not None  # the reader raises unless it has told of it

        def write(folder: Path) -> Words:
            for file in target.iterdir():
                os.replace(file, folder / file.name)
            return summary.words

        self.data_set = add(write)
        remove_folder(self.folder)


def with_header(options: ImportOptions, has_header: bool) -> ImportOptions:
    """The options for a table whose first line is a header, or is none: its columns are called otherwise then."""
    return replace(options, has_header=has_header, roles=None)
