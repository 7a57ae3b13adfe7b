"""Try a live-like day: ``python -m tests.server --data ../shared/data --port 8765``, then set what it prints."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from tests.server.app import WireServer
from tests.server.day import add_edgar
from tests.server.faults import add_faults
from tests.server.wires import PATHS, add_wires


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.server", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of recorded data")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--at", type=dt.datetime.fromisoformat, help="show only what was out by then (with zone)")
    parser.add_argument("--day", action="append", help="day of releases, may repeat (default 2025-12-11 and -12)")
    parser.add_argument("--window", type=int, default=0, help="newest N items a wire feed, 0 for all")
    parser.add_argument("--undated", action="store_true", help="also releases without a publication time")
    given = parser.parse_args()
    server = WireServer(given.port)
    add_edgar(server, given.data, given.at)
    wires = add_wires(server, given.data, given.day or ["2025-12-11", "2025-12-12"], given.window, given.undated)
    wires.at = given.at
    add_faults(server)
    print(f"serving {server.url} (Ctrl-C ends it); faults under {server.url}/fault/", flush=True)
    print(f"export SCREENER_EDGAR__BASE_URL={server.url}")
    for wire, path in PATHS.items():
        print(
            f"export SCREENER_FEEDS__{path[1:-4].upper()}__URL={server.url}{path}  # {wire}: {len(wires.shown(wire))}"
        )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("stopped")


if __name__ == "__main__":
    main()
