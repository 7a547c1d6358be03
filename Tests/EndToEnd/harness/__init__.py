"""The parts that the tests share: the daemon under test, its clients, and waiting with a deadline."""
