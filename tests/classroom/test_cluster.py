"""What is written for Kubernetes, as far as it can be looked at without a cluster: no helm and no kubeconform run here."""

import re
import shlex
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "classroom" / "hub" / "cluster"
TEXT, FLAG, NAMES, SIZE = (
    {"type": "string"},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "string", "pattern": r"^\d+(M|G|Mi|Gi)$"},
)


def closed(**keys) -> dict:
    """A mapping with these keys and no other: a misspelt one would be ignored by nobody but us."""
    return {"type": "object", "properties": keys, "additionalProperties": False}


# The part of the chart's own schema that these values use, spelt as the chart spells it.
SCHEMA = closed(
    proxy=closed(https=closed(enabled=FLAG, hosts=NAMES, letsencrypt=closed(contactEmail=TEXT))),
    hub=closed(
        config={"type": "object", "additionalProperties": {"type": "object"}},
        services={"type": "object", "additionalProperties": closed(url=TEXT, apiToken=TEXT, oauth_no_confirm=FLAG)},
        loadRoles={"type": "object", "additionalProperties": closed(scopes=NAMES)},
        extraConfig={"type": "object", "additionalProperties": TEXT},
    ),
    singleuser=closed(
        image=closed(name=TEXT, tag=TEXT),
        cmd=NAMES,
        defaultUrl=TEXT,
        memory=closed(guarantee=SIZE, limit=SIZE),
        cpu=closed(guarantee={"type": "number"}, limit={"type": "number"}),
        storage=closed(capacity=SIZE),
        extraEnv={"type": "object", "additionalProperties": TEXT},
        networkPolicy=closed(egress={"type": "array", "items": closed(to={"type": "array"}, ports={"type": "array"})}),
    ),
    cull=closed(enabled=FLAG, timeout={"type": "integer"}),
)


@pytest.fixture
def values() -> dict:
    return yaml.safe_load((CLUSTER / "values.yaml").read_text(encoding="utf-8"))


def test_the_values_are_spelt_as_the_chart_spells_them(values):
    jsonschema.validate(values, SCHEMA)
    for name, code in values["hub"]["extraConfig"].items():
        compile(code, name, "exec")


def test_the_image_starts_a_learners_desk_and_the_values_say_so_too(values):
    text = (ROOT / "classroom" / "hub" / "Containerfile").read_text(encoding="utf-8")
    command = re.search(r"^CMD (\[.*\])$", text, re.MULTILINE)[1]
    assert yaml.safe_load(command) == values["singleuser"]["cmd"]
    assert (ROOT / values["singleuser"]["cmd"][2].replace(".", "/")).with_suffix(".py").is_file()


def test_the_image_takes_what_is_there_and_no_solution():
    text = (ROOT / "classroom" / "hub" / "Containerfile").read_text(encoding="utf-8")
    taken = [path for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) for path in shlex.split(line)[:-1]]
    assert [path for path in taken if not (ROOT / path).exists()] == []
    assert not {Path(path).parts[0] for path in taken} & {"solutions", "tests", ".", ".git"}
