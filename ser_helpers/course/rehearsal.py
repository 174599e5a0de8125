"""A rehearsal of lesson 09's last exercise: what was fitted on which rows, and what each look at the test gave."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch


@contextmanager
def protocol(n_epochs: int = 30) -> Iterator[SimpleNamespace]:
    """Watch which rows pipelines are fitted on and what a `FinalTest` gave; the course's model trains for a few epochs only.

    Yields
    ------
    SimpleNamespace
        ``fits``, a triple (pipeline, X, y) for each pipeline that was fitted, and ``tables``, what each final test returned.

    Notes
    -----
    Lesson 09 marks how a score came about, not the score, so that a short training serves. Its check calls this
    ``expect.protocol``.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> with protocol() as seen:
    ...     model = make_pipeline(DummyClassifier()).fit([[0], [1]], ["sad", "sad"])
    >>> seen.fits[0][1:], seen.tables
    (([[0], [1]], ['sad', 'sad']), [])
    """
    from sklearn.pipeline import Pipeline

    from .. import evaluate, model

    seen = SimpleNamespace(fits=[], tables=[])
    look, build_model = evaluate.FinalTest.__call__, model.build_model

    def watched_look(final_test: Any, *models: Any) -> Any:
        table = look(final_test, *models)
        seen.tables.append(table.copy())
        return table

    def quick_model(*arguments: Any, **named: Any) -> Any:
        return build_model(*arguments, **named).set_params(network__max_iter=n_epochs)

    with (
        patch.object(Pipeline, "fit", _watched(Pipeline.fit, seen.fits)),
        patch.object(evaluate.FinalTest, "__call__", watched_look),
        patch.object(model, "build_model", quick_model),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # that so few epochs do not converge, for one
        yield seen


def _watched(fit: Callable, seen: list[tuple]) -> Callable:
    """The same `fit`, noting each call; what a pipeline fits inside itself is its own affair."""
    depth = 0

    def watched_fit(pipeline: Any, X: Any, y: Any = None, **parameters: Any) -> Any:
        nonlocal depth
        if depth == 0:
            seen.append((pipeline, X, y))
        depth += 1
        try:
            return fit(pipeline, X, y, **parameters)
        finally:
            depth -= 1

    return watched_fit
