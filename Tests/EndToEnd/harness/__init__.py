"""What the tests share: the daemon under test, the clients that talk to it, and waiting with a deadline."""
