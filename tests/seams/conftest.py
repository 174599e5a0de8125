"""What is registered in a test is forgotten after it; what it computes stays in folders of its own."""

import pytest

from ser_helpers import corpus, model


@pytest.fixture(autouse=True)
def own_house(tmp_path, monkeypatch):
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    for registry in (corpus.CORPORA, model.RECIPES):
        monkeypatch.setattr(registry, "_parts", dict(registry._parts))
