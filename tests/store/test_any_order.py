"""Whatever several people do in whatever order, the store says what a plain model says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from tests.store.desk_machine import Desk

pytestmark = pytest.mark.both_databases


@pytest.mark.long
def test_any_order_of_doings_comes_to_what_a_model_says(address: str, database_kind: str) -> None:
    machine = type("Desk", (Desk,), {"address": address})
    run_state_machine_as_test(
        machine,
        settings=settings(
            # What differs there is how things are said, and one saying takes longer.
            max_examples=25 if database_kind == "sqlite" else 8,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
