"""Whether a project at Roboflow is one for masks, asked over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from components.export.roboflow_project import doubt_project
from components.settings import RoboflowSettings, Secret
from tests.export.roboflow_server import KEY, RoboflowServer, serve_roboflow


@pytest.fixture
def server() -> Iterator[RoboflowServer]:
    with serve_roboflow() as running:
        yield running


def settings(server: RoboflowServer, key: str = KEY) -> RoboflowSettings:
    return RoboflowSettings(api_key=Secret(key), address=server.address)


def test_a_project_for_masks_is_not_doubted(server: RoboflowServer) -> None:
    assert doubt_project(settings(server), "streets") == ""
    assert server.looked == ["/", "/acme/streets"]  # and the key in neither
    assert not server.asked


def test_a_project_of_another_kind_is_told_of(server: RoboflowServer) -> None:
    server.kinds["streets"] = "object-detection"
    said = doubt_project(settings(server), "streets")
    assert said.startswith("That project is for object detection, not for semantic segmentation")


@pytest.mark.parametrize("kind", [None, "", 7, {"name": "x"}, []])
def test_what_is_not_said_is_not_doubted(server: RoboflowServer, kind: Any) -> None:
    server.kinds["streets"] = kind
    assert doubt_project(settings(server), "streets") == ""


def test_a_project_that_is_not_there_is_told_of(server: RoboflowServer) -> None:
    assert "has no such project" in doubt_project(settings(server), "roads")


def test_a_key_that_is_not_taken_is_told_of(server: RoboflowServer) -> None:
    said = doubt_project(settings(server, "another" + "-key"), "streets")
    assert "does not know this key" in said
    assert "another" + "-key" not in said


def test_without_a_key_nothing_is_asked(server: RoboflowServer) -> None:
    assert doubt_project(settings(server, ""), "streets") == ""
    assert not server.looked


def test_a_server_that_is_gone_is_told_of() -> None:
    with serve_roboflow() as running:
        gone = settings(running)
    assert "could not be reached" in doubt_project(gone, "streets")
