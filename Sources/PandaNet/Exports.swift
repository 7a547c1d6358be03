// `import PandaNet` alone gives Connection, BoundRendezvous, Datagram and DatagramIterator, as `panda3d.core` does.
@_exported import Engine
@_exported import Wire
