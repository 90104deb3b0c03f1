"""Asking a segmentation server: the only room that knows its HTTP and its JSON."""

from components.inference.client import Client
from components.inference.request import Request
from components.inference.wire import parse_answer

__all__ = ["Client", "Request", "parse_answer"]
