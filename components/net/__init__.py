"""The guarded fetch: one file from a public http(s) address, within a time and a size."""

from components.net.adapter import GuardedAdapter
from components.net.download import Fetched, fetch

__all__ = ["Fetched", "GuardedAdapter", "fetch"]
