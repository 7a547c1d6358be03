"""A real lobbyd under everything at once, for minutes: what it costs, what it loses, and what it keeps."""
