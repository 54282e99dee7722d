"""One visitor of a running app, without a browser: Streamlit's own messages over its WebSocket.

It does what the browser's side does as far as the server notices: asks for runs of the script, and asks again for each
fragment that says how often it wants to be run. Nothing in here measures.
"""

import asyncio
import time
from types import TracebackType

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

WIDGETS = ("button", "slider", "text_input")


class BrowserSession:
    """A tab at `http://127.0.0.1:port/page?query`, of a browser that is in that workspace, or in none yet. Use it as an
    asynchronous context."""

    def __init__(self, port: int, page: str, query: str = "", workspace: str = "") -> None:
        self.port, self.page, self.query, self.workspace = port, page, query, workspace
        self.hashes: dict[str, str] = {}
        self.widgets: dict[str, str] = {}
        self.states: dict[str, WidgetState] = {}
        self.errors: list[str] = []  # and what else came as a toast
        self.n_runs = self.n_fragment_runs = self.n_bytes = 0
        self._issued: dict[str, float] = {}
        self._intervals: dict[str, float] = {}
        self._refreshing: dict[str, asyncio.Task[None]] = {}
        self._finished = asyncio.Event()

    @property
    def watches(self) -> bool:
        """Whether some fragment of the page is run again and again."""
        return bool(self._refreshing)

    async def __aenter__(self) -> "BrowserSession":
        origin = f"http://127.0.0.1:{self.port}"
        url = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        cookie = {"Cookie": f"cf_lab_workspace={self.workspace}"} if self.workspace else {}
        self.socket: ClientConnection = await connect(
            url,
            origin=origin,
            subprotocols=["streamlit"],
            max_size=None,
            additional_headers=cookie,
            ping_interval=None,  # a browser does not ask whether a busy server is still there, and hang up
        )
        self._listening = asyncio.create_task(self._listen())
        await self.run_script(page_name=self.page)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in (*self._refreshing.values(), self._listening):
            task.cancel()
        await self.socket.close()

    async def run_script(self, page_hash: str = "", page_name: str = "", pressed: WidgetState | None = None) -> float:
        """Have the whole page run, and wait until it has; the seconds that it took. `pressed` is a button."""
        self._finished.clear()
        began = time.perf_counter()
        await self._ask(page_hash=page_hash, page_name=page_name, pressed=pressed)
        async with asyncio.timeout(120):
            await self._finished.wait()
        return time.perf_counter() - began

    async def switch_to(self, page: str) -> float:
        """Go to another page by its place in the address; the seconds until it is there."""
        self.page = page
        self.widgets, self.states = {}, {}
        self._stop(list(self._refreshing))
        return await self.run_script(self.hashes[page])

    async def click(self, key: str) -> float:
        """Press the button with that key."""
        pressed = WidgetState(id=self.widgets[key], trigger_value=True)
        return await self.run_script(self.hashes[self.page], pressed=pressed)

    def type_text(self, key: str, text: str) -> None:
        """Write into the box with that key, inside a form: the page follows at the click on the form's button."""
        self.states[key] = WidgetState(id=self.widgets[key], string_value=text)

    async def move(self, key: str, option: str) -> float:
        """Move the slider with that key to one of its options; the seconds until the page has followed."""
        state = WidgetState(id=self.widgets[key])
        state.string_array_value.data.append(option)
        self.states[key] = state
        return await self.run_script(self.hashes[self.page])

    async def _ask(
        self, page_hash: str = "", page_name: str = "", fragment: str = "", pressed: WidgetState | None = None
    ) -> None:
        message = BackMsg()
        ask = message.rerun_script
        ask.query_string, ask.page_script_hash, ask.page_name = self.query, page_hash, page_name
        ask.fragment_id, ask.is_auto_rerun = fragment, bool(fragment)
        ask.widget_states.widgets.extend(self.states.values())
        if pressed is not None:  # in this message alone: in the next one it would be pressed again
            ask.widget_states.widgets.append(pressed)
        await self.socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        async for data in self.socket:
            assert isinstance(data, bytes)
            self.n_bytes += len(data)
            self._take(ForwardMsg.FromString(data))

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._issued = {}
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "navigation":
                self.hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            case "auto_rerun":
                self._issued[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "stop_auto_rerun":
                self._stop(list(message.stop_auto_rerun.fragment_ids))
            case "delta":
                self._see(message)
            case "script_finished":
                self._end_of_run(message)

    def _see(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("exception", "toast") or (kind == "alert" and element.alert.format == Alert.ERROR):
            self.errors.append(element.exception.message or element.toast.body or element.alert.body)
        if kind in WIDGETS:
            widget_id = getattr(element, kind).id
            self.widgets[widget_id.split("-", 2)[-1]] = widget_id

    def _end_of_run(self, message: ForwardMsg) -> None:
        if message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            self.n_fragment_runs += 1
        elif message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self.n_runs += 1
            self._stop([fragment for fragment in self._refreshing if fragment not in self._issued])
            self._finished.set()
        for fragment, interval in self._issued.items():
            if self._intervals.get(fragment) != interval:  # a run of the whole page may change the pace
                self._stop([fragment])
            if fragment not in self._refreshing:
                self._intervals[fragment] = interval
                self._refreshing[fragment] = asyncio.create_task(self._refresh(fragment, interval))

    def _stop(self, fragments: list[str]) -> None:
        for fragment in fragments:
            if fragment in self._refreshing:
                self._refreshing.pop(fragment).cancel()

    async def _refresh(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._ask(self.hashes.get(self.page, ""), fragment=fragment)
