"""`python -m components.local_server --port 9001`: the built-in server by itself."""

from __future__ import annotations

import argparse
import sys
import threading

from components.errors import SettingsError
from components.local_server.server import start


def main() -> int:
    """Run until interrupted.

    Returns:
        The exit code: 0 after an interrupt, 2 when the port cannot be listened on.
    """
    parser = argparse.ArgumentParser(
        prog="python -m components.local_server",
        description="Mask Desk's built-in inference server.",
    )
    parser.add_argument("--port", type=int, default=9001, help="TCP port (default 9001, 0: any)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="H",
        help="host an image= URL may name although it is private or without https; repeatable",
    )
    options = parser.parse_args()
    try:
        server = start(port=options.port, host=options.host, allow_hosts=options.allow_host)
    except SettingsError as error:
        print(error.message, file=sys.stderr)
        return 2
    model = server.models[0].id
    print(
        f"{server.address} is ready. Try: "
        f"base64 YOUR_IMAGE.jpg | curl -d @- '{server.address}/{model}?api_key=ANY'",
        flush=True,
    )
    with server:
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
