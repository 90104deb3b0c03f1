"""The guarded fetch: one file from a public http(s) address, within a time and a size."""

from components.net.adapter import GuardedAdapter, TimedAdapter, cut_after, find_socket
from components.net.download import Fetched, fetch

__all__ = ["Fetched", "GuardedAdapter", "TimedAdapter", "cut_after", "fetch", "find_socket"]
