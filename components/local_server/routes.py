"""The addresses the built-in server answers at."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from components.local_server.answer import build_answer
from components.local_server.confidence import parse_confidence
from components.local_server.models import Model
from components.local_server.payload import fetch_image, read_body
from components.local_server.picture import count_pixels, load_picture
from components.local_server.refusal import Refusal

_WORKERS = 2
_FETCHERS = 4
_ADMITTED = 8
"""Requests whose body may be in memory at once; the others wait unread, held back by TCP."""
_LARGE_PIXELS = 4_000_000
_READ_SECONDS = 60.0


class _Service:
    """The models and the two bounded pools: one for computing, one for waiting on the network."""

    def __init__(self, models: Collection[Model], allow_hosts: Collection[str]) -> None:
        self.models = {model.card.id: model for model in models}
        self.allow_hosts = frozenset(allow_hosts)
        self.workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="local-server")
        self.fetchers = ThreadPoolExecutor(_FETCHERS, thread_name_prefix="local-server-fetch")
        self.admission = asyncio.Semaphore(_ADMITTED)
        # Large pictures go one at a time, so that two of them never share the peak of memory.
        self.large = threading.Lock()

    async def infer(self, request: Request) -> Response:
        model = self.models.get("{dataset}/{version}".format(**request.path_params))
        percent = parse_confidence(request.query_params.get("confidence"))
        address = request.query_params.get("image")
        loop = asyncio.get_running_loop()
        async with self.admission:
            if address is not None:
                _refuse_unknown(model)
                data = await loop.run_in_executor(
                    self.fetchers, fetch_image, address, self.allow_hosts
                )
            else:
                data = await self._read(request)
            body = await loop.run_in_executor(
                self.workers, self._answer, _refuse_unknown(model), data, percent
            )
        return Response(body, media_type="application/json")

    async def _read(self, request: Request) -> bytes:
        # A sender that never finishes must not keep its place for ever.
        try:
            async with asyncio.timeout(_READ_SECONDS):
                return await read_body(request)
        except TimeoutError as error:
            raise Refusal(408, {"message": "The image did not arrive in time."}) from error

    def _answer(self, model: Model, data: bytes, percent: float) -> bytes:
        large = count_pixels(data) > _LARGE_PIXELS
        with self.large if large else contextlib.nullcontext():
            return build_answer(model, load_picture(data), percent)

    def close(self) -> None:
        """Let the pools' threads end."""
        self.workers.shutdown(wait=False, cancel_futures=True)
        self.fetchers.shutdown(wait=False, cancel_futures=True)

    async def describe(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        models = [
            {"id": model.card.id, "title": model.card.title, "about": model.card.about}
            for model in self.models.values()
        ]
        return JSONResponse({"name": "Mask Desk built-in inference server", "models": models})

    async def healthz(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        return JSONResponse({"status": "ok"})


def build_app(
    models: Collection[Model], allow_hosts: Collection[str]
) -> tuple[Starlette, _Service]:
    """The ASGI application and what it holds open."""
    service = _Service(models, allow_hosts)
    app = Starlette(
        routes=[
            Route("/", service.describe),
            Route("/healthz", service.healthz),
            Route("/{dataset}/{version}", service.infer, methods=["POST"]),
        ],
        exception_handlers={Refusal: _refused, HTTPException: _http_error},
    )
    return app, service


def _refuse_unknown(model: Model | None) -> Model:
    if model is None:
        raise Refusal(
            404, {"message": "The model was not found. GET / lists the models that exist here."}
        )
    return model


async def _refused(request: Request, error: Exception) -> Response:  # noqa: ARG001 - as above
    assert isinstance(error, Refusal)  # noqa: S101 - Starlette dispatches by class
    return JSONResponse(error.envelope, status_code=error.status)


async def _http_error(request: Request, error: Exception) -> Response:  # noqa: ARG001 - as above
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette dispatches by class
    return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)
