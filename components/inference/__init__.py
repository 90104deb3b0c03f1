"""Asking a segmentation server: the only room that knows its HTTP and its JSON."""

from components.inference.client import Client
from components.inference.request import Request

__all__ = ["Client", "Request"]
