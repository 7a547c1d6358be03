"""Datagrams of tagged random fields, written and read with the real Panda3D's methods.

The first byte says whether a stdfloat has 64 bits. The fields follow, each after a tag of one byte. The tag is the
index in `KINDS`. `FieldKind` of the PandaNet program has the same numbers.
"""

import random
import struct
from typing import Any, Callable, NamedTuple

from direct.distributed.PyDatagram import PyDatagram
from direct.distributed.PyDatagramIterator import PyDatagramIterator

# Characters of each length in UTF-8, without NUL. Panda3D's wide characters have at most 16 bits.
CHARACTERS = "aZ \n\x7fë€漢\uffff😀\U0010ffff"
WIDE_CHARACTERS = "aZ \n\0ë€漢\ud7ff\ue000\uffff"
FLOATS = (0.0, -0.0, 1.0, float("inf"), float("-inf"), float("nan"), 2.0**-149, 3.4028234663852886e38)


class Kind(NamedTuple):
    """A family of methods: makes a random value, writes it, and reads it back in a comparable form."""

    value: Callable[[random.Random], Any]
    add: Callable[[PyDatagram, Any], None]
    get: Callable[[PyDatagramIterator], Any]


def _simple(name: str, value: Callable[[random.Random], Any]) -> Kind:
    """Returns the family with the methods `addName(value)` and `getName()`."""
    add, get = getattr(PyDatagram, f"add{name}"), getattr(PyDatagramIterator, f"get{name}")
    return Kind(value, add, get)


def _integer(name: str, bits: int) -> Kind:
    low, high = (0, 2**bits - 1) if "Uint" in name else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return _simple(name, lambda r: r.choice((low, high, 0, 1, r.randint(low, high))))


def _integers(prefix: str, *sizes: int) -> list[Kind]:
    return [_integer(f"{prefix}{bits}", bits) for bits in sizes]


def _float32(r: random.Random) -> float:
    # Any bits except those of a NaN: Python does not keep the bits of a NaN.
    value = struct.unpack("<f", r.randbytes(4))[0]
    return value if value == value and r.random() < 0.8 else r.choice(FLOATS)


def _float64(r: random.Random) -> float:
    value = struct.unpack("<d", r.randbytes(8))[0]
    return value if value == value and r.random() < 0.8 else r.choice(FLOATS)


def _text(r: random.Random) -> str:
    return "".join(r.choices(CHARACTERS, k=r.randrange(30)))


def _text_with_nul(r: random.Random) -> str:
    return _text(r) + r.choice(("", "\0", "\0after"))


def _wide_text(r: random.Random) -> str:
    return "".join(r.choices(WIDE_CHARACTERS, k=r.randrange(30)))


def _bytes(r: random.Random) -> bytes:
    return r.randbytes(r.randrange(60))


def _fixed_text(r: random.Random) -> tuple[str, int]:
    """Returns a text and the number of bytes of its field."""
    text = _text(r)
    return text, len(text.encode()) + r.choice((0, 0, 1, 9))


def _add_fixed(datagram: PyDatagram, value: tuple[str, int]) -> None:
    text, size = value
    datagram.addUint8(size)
    datagram.addFixedString(text + "cut off" if len(text.encode()) == size else text, size)


def _get_fixed(fields: PyDatagramIterator) -> tuple[str, int]:
    size = fields.getUint8()
    return fields.getFixedString(size), size


def _add_data(datagram: PyDatagram, value: bytes) -> None:
    datagram.addUint8(len(value))
    datagram.appendData(value)


def _add_padding(datagram: PyDatagram, size: int) -> None:
    datagram.addUint8(size)
    datagram.padBytes(size)


def _get_padding(fields: PyDatagramIterator) -> int:
    size = fields.getUint8()
    fields.skipBytes(size)
    return size


def _channel(r: random.Random) -> int:
    return r.getrandbits(64)


KINDS = [
    _simple("Bool", lambda r: r.random() < 0.5),
    *_integers("Int", 8, 16, 32, 64),
    *_integers("Uint", 8, 16, 32, 64),
    *_integers("BeInt", 16, 32, 64),
    *_integers("BeUint", 16, 32, 64),
    _simple("Float32", _float32),
    _simple("Float64", _float64),
    # Panda3D's own builds hold a stdfloat in 32 bits, even where they write 64.
    _simple("Stdfloat", _float32),
    _simple("BeFloat32", _float32),
    _simple("BeFloat64", _float64),
    _simple("String", _text_with_nul),
    _simple("String32", _text_with_nul),
    _simple("ZString", _text),
    _simple("Wstring", _wide_text),
    Kind(_fixed_text, _add_fixed, _get_fixed),
    _simple("Blob", _bytes),
    _simple("Blob32", _bytes),
    Kind(_bytes, _add_data, lambda fields: fields.extractBytes(fields.getUint8())),
    Kind(lambda r: r.randrange(60), _add_padding, _get_padding),
    _simple("Channel", _channel),
    Kind(
        lambda r: (_channel(r), _channel(r), r.getrandbits(16)),
        lambda datagram, value: datagram.addServerHeader(*value),
        lambda fields: (fields.getInt8(), fields.getUint64(), fields.getUint64(), fields.getUint16())[1:],
    ),
]


Values = list[tuple[int, Any]]


def random_values(source: random.Random) -> Values:
    """Returns up to 16 fields, each as a tag and a value."""
    tags = [source.randrange(len(KINDS)) for _ in range(source.randrange(17))]
    return [(tag, KINDS[tag].value(source)) for tag in tags]


def written(values: Values, is_double: bool) -> bytes:
    """Returns the datagram of these fields."""
    datagram = PyDatagram()
    datagram.setStdfloatDouble(is_double)
    datagram.addBool(is_double)
    for tag, value in values:
        datagram.addUint8(tag)
        KINDS[tag].add(datagram, value)
    return datagram.getMessage()


def read(payload: bytes) -> Values:
    """Returns the fields of a datagram."""
    datagram = PyDatagram(payload)
    datagram.setStdfloatDouble(bool(payload[0]))
    fields = PyDatagramIterator(datagram)
    assert fields.getBool() == bool(payload[0])
    values = []
    while fields.getRemainingSize():
        tag = fields.getUint8()
        values.append((tag, KINDS[tag].get(fields)))
    return values
