"""The built-in models: small, deterministic pixel classifiers with a true softmax."""

from __future__ import annotations

from components.local_server.models.card import Model, ModelCard
from components.local_server.models.foreground import ForegroundModel
from components.local_server.models.scene import SceneModel

__all__ = ["Model", "ModelCard", "load_models"]


def load_models() -> tuple[Model, ...]:
    """All built-in models. Cheap: weights are read when a model is first asked."""
    return SceneModel(), ForegroundModel()
