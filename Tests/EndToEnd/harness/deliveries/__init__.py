"""A model of the datagrams that each client must receive, and rounds that compare a daemon with it."""
