// Programs that import Engine also get Datagram, Framing and the other types of Wire.
@_exported import Wire
