"""Configuration texts for the daemon, from Python values."""

import json
from typing import Any

Table = dict[str, Any]

# A datagram of this type comes back to its sender, whatever else a test configures: whoever has had the answer knows
# that the daemon has handled all that it sent before, and that it is registered for broadcasts.
BARRIER_TYPE = 255


def barrier_route() -> Table:
    return {"types": [BARRIER_TYPE], "handler": "echo"}


def listener(**keys: Any) -> Table:
    """A listener on a port of the system's choice, on loopback unless told otherwise."""
    return {"name": "game", "address": "127.0.0.1", "port": 0, **keys}


def configuration(
    listeners: list[Table] | None = None, routes: list[Table] | None = None, **tables: Table
) -> str:
    """The text of a configuration file; tables and keys that are not named keep the daemon's defaults."""
    tables.setdefault("server", {}).setdefault("drain", "1s")
    # No two daemons can share a control socket.
    tables.setdefault("control", {}).setdefault("socket", "")
    parts = [_section("[[listener]]", keys) for keys in (listeners or [listener()])]
    parts += [_section(f"[{name}]", keys) for name, keys in tables.items()]
    parts += [_section("[[route]]", keys) for keys in (routes or [])]
    return "\n".join(parts)


def _section(heading: str, keys: Table) -> str:
    # JSON's numbers, strings, booleans and flat arrays are TOML too.
    return "\n".join([heading, *(f"{key} = {json.dumps(value)}" for key, value in keys.items()), ""])
