"""Runs a real lobbyd under a mixed load for minutes, and measures its latency, losses, memory and descriptors."""
