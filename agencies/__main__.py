"""`python -m agencies`: one process, ended by SIGINT or SIGTERM."""

import asyncio
import logging
import signal
import sys

from granian.constants import Interfaces
from granian.server.embed import Server

from agencies.app import create_app
from agencies.settings import Misconfigured, Settings


async def serve(settings: Settings) -> None:
    # Embedded: the store has one writer, and a kill of this one process leaves nothing behind.
    app = create_app(settings)
    server = Server(app, settings.host, settings.port, interface=Interfaces.ASGI, websockets=False)

    def stop() -> None:
        app.state.stopping.set()
        server.stop()  # type: ignore[no-untyped-call]

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await server.serve()


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    try:
        settings = Settings.from_environment()
    except Misconfigured as error:
        sys.exit(f"agencies: {error}")
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
