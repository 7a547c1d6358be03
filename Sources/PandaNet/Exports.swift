// `import PandaNet` alone gives Datagram and DatagramIterator, as `panda3d.core` does.
@_exported import Wire
