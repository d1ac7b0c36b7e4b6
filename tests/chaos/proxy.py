"""A TCP proxy that can be cut: what one worker sees when the network between it and a broker is gone."""

import asyncio
import contextlib

CHUNK_BYTES = 256 * 1024
_Pipe = tuple[asyncio.StreamWriter, asyncio.StreamWriter]


class Proxy:
    """Forwards 127.0.0.1:`port` to 127.0.0.1:`target`. While it is cut, nothing comes through and nothing connects."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self.target = target
        self._server: asyncio.Server | None = None
        self._open: set[_Pipe] = set()
        self._is_cut = False

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._server is not None:
            self._server.close()
        self._close_all()

    def cut(self) -> None:
        """Break every connection; new ones are closed at once."""
        self._is_cut = True
        self._close_all()

    def restore(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        pipe = (writer, back)
        self._open.add(pipe)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, back))
                both.create_task(_pump(there, writer))
        finally:
            self._open.discard(pipe)
            for side in pipe:
                side.close()

    def _close_all(self) -> None:
        for pipe in self._open:
            for side in pipe:
                side.transport.abort()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(CHUNK_BYTES):
            sink.write(chunk)
            await sink.drain()
    with contextlib.suppress(OSError):
        sink.close()
