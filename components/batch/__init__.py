"""Batches: many pictures read, sent through a model and put into a project, whatever happens."""

from components.batch.runner import Runner
from components.batch.server import BUILT_IN, Server, open_server

__all__ = ["BUILT_IN", "Runner", "Server", "open_server"]
