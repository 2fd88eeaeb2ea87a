"""The hazard log: every control has a test that exists, and every concern names a hazard of the log."""

import ast
import shutil
from functools import cache
from pathlib import Path

import pytest

from bot.content.faults import ContentRefused
from bot.content.hazard_file import LIKELIHOODS, NOT_ACCEPTABLE, SEVERITIES, Estimate, hazards_page, read_hazards
from bot.content.lexicon_files import check_hazards

ROOT = Path(__file__).parents[2]
LOG = read_hazards(ROOT / "flows")


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file of this project, those of a class or a Hypothesis machine included."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    named |= {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
              if isinstance(target, ast.Name)}  # fmt: skip
    return frozenset(name for name in named if name.lower().startswith("test"))


def missing(test: str) -> bool:
    """Whether `test` (file::name) is no test of this project."""
    file, _, name = test.partition("::")
    return name not in names_in(file)


def test_every_control_has_tests_that_exist() -> None:
    gone = [
        f"{key}, line {line}: {test}"
        for key, line, control in LOG.controls()
        for test in control.tests
        if missing(test)
    ]
    assert gone == []


@pytest.mark.parametrize(
    "test",
    ["tests/nowhere.py::test_a", "tests/content/test_hazards.py::test_nothing", "tests/content/test_hazards.py"],
)
def test_a_test_that_is_gone_is_noticed(test: str) -> None:
    assert missing(test)


def test_every_concern_names_a_hazard_of_the_log(tmp_path: Path) -> None:
    assert check_hazards(ROOT / "flows") == []
    shutil.copytree(ROOT / "flows" / "safeguarding", tmp_path / "safeguarding")
    path = tmp_path / "safeguarding" / "substance.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("hazard: HZ3,", "hazard: HZ99,", 1), encoding="utf-8")
    (fault,) = check_hazards(tmp_path)
    assert fault.path == path
    assert "SG-501 names a hazard that hazards.yaml does not have" in fault.sentence


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("severity: catastrophic", "severity: awful", "“initial”, “severity” must be minor"),
        ("    not_controlled: ", "    ignored: ", "ignored"),
        (
            "residual: {severity: considerable, likelihood: low}",
            "residual: {severity: catastrophic, likelihood: high}",
            "higher than without",
        ),
        ("reviewed: not yet", "reviewed: soon", "the day of the review"),
        (
            "    controls:\n",
            "    controls:\n      - {what: Hope, tests: []}\n",
            "“HZ1”, “controls”, number 1, “tests” has nothing in it",
        ),
        (
            "hazards:\n",
            "hazards:\n  HZ0: {name: a, cause: b, effect: c, initial: {severity: minor, likelihood: low}, "
            "controls: [], not_controlled: d, residual: {severity: minor, likelihood: low}}\n",
            "“HZ0”, “controls” has nothing in it",
        ),
    ],
)
def test_a_log_that_cannot_be_right_is_refused(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    (tmp_path / "safeguarding").mkdir()
    text = (ROOT / "flows" / "safeguarding" / "hazards.yaml").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "safeguarding" / "hazards.yaml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ContentRefused, match=sentence):
        read_hazards(tmp_path)
    assert check_hazards(tmp_path)


def test_risk_grows_with_severity_and_with_likelihood() -> None:
    def risk(likelihood: str, severity: str) -> int:
        return Estimate.model_validate({"severity": severity, "likelihood": likelihood}).risk

    table = [[risk(likelihood, severity) for severity in SEVERITIES] for likelihood in LIKELIHOODS]
    assert all(row == sorted(row) for row in table)
    assert all(list(column) == sorted(column) for column in zip(*table, strict=True))
    assert (table[0][0], table[-1][-1]) == (1, 5)


def test_the_page_tells_everything() -> None:
    page = hazards_page(LOG)
    for key, hazard in LOG.hazards.items():
        assert key in page
        assert hazard.not_controlled in page
        assert all(test in page for control in hazard.controls for test in control.tests)
    assert "NOT REVIEWED YET" in page
    left = [key for key, hazard in LOG.hazards.items() if hazard.residual.risk >= NOT_ACCEPTABLE]
    assert f"NOT ACCEPTABLE YET: {', '.join(left) or 'none'}" in page
