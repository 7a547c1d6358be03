"""A model of what each client must receive, and rounds that compare a daemon with it."""
