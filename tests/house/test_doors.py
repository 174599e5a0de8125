"""What a visitor of the repository meets: forms, workflows, citation. Checked without the network."""

import tomllib
from pathlib import Path

import pytest
import yaml

from ser_helpers.course import doctor

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"])
def test_workflows_are_as_github_reads_them(schema, finds_nothing):
    finds_nothing("check-jsonschema", "--builtin-schema", schema, *map(str, WORKFLOWS))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_and_knows_no_secret(path):
    assert read(path)["permissions"] == {"contents": "read"}
    assert "secrets." not in path.read_text(encoding="utf-8")


def test_workflows_run_the_oldest_and_the_newest_python():
    classifiers = read(GITHUB / "workflows" / "tests.yml")["jobs"]["fast"]["strategy"]["matrix"]["python"]
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    oldest, newest = classifiers
    assert requires == f">={oldest},<3.{int(newest.removeprefix('3.')) + 1}"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_in_fields_that_github_knows(path):
    form = read(path)
    assert form.keys() == {"name", "description", "labels", "body"}
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert all(field["attributes"]["label"] for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_the_versions_that_doctor_tells(path):
    versions = next(field for field in read(path)["body"] if field.get("id") == "versions")
    assert "`ser doctor --json`" in versions["attributes"]["label"] and versions["attributes"]["render"] == "json"
    assert {"Python", "system", "ser-helpers"} <= doctor.versions().keys()


def test_the_citation_names_this_version_and_the_recordings():
    citation = read(ROOT / "CITATION.cff")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["cff-version"] == "1.2.0" and {"title", "message", "authors"} <= citation.keys()
    assert citation["version"] == project["version"]
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "CREMA-D" in citation["references"][0]["title"]


def test_hooks_run_what_the_tests_run():
    hooks = read(ROOT / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    commands = [hook["entry"].removesuffix(" --force-exclude") for hook in hooks]
    assert commands == ["ruff check", "ruff format", "mypy", "lint-imports --no-logo", "ser build --check"]
