// `import Engine` alone gives Datagram, Framing and the others.
@_exported import Wire
