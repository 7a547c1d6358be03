"""Makes configuration texts for the daemon from Python values."""

import json
from typing import Any

Table = dict[str, Any]

# The daemon always echoes a datagram of this type to its sender, in the configuration of every test. After the echo,
# the client knows two facts: the daemon has handled its earlier datagrams, and has registered it for broadcasts.
BARRIER_TYPE = 255


def barrier_route() -> Table:
    return {"types": [BARRIER_TYPE], "handler": "echo"}


def listener(**keys: Any) -> Table:
    """A listener on a port that the system chooses, on loopback unless `keys` has another address."""
    return {"name": "game", "address": "127.0.0.1", "port": 0, **keys}


def configuration(
    listeners: list[Table] | None = None, routes: list[Table] | None = None, **tables: Table
) -> str:
    """Returns the text of a configuration file. Missing tables and keys keep the daemon's defaults."""
    tables.setdefault("server", {}).setdefault("drain", "1s")
    # Two daemons cannot share a control socket.
    tables.setdefault("control", {}).setdefault("socket", "")
    parts = [_section("[[listener]]", keys) for keys in (listeners or [listener()])]
    parts += [_section(f"[{name}]", keys) for name, keys in tables.items()]
    parts += [_section("[[route]]", keys) for keys in (routes or [])]
    return "\n".join(parts)


def _section(heading: str, keys: Table) -> str:
    # JSON's numbers, strings, booleans and flat arrays are also valid TOML.
    return "\n".join([heading, *(f"{key} = {json.dumps(value)}" for key, value in keys.items()), ""])
