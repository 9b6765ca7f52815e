import ast
import re

import pytest

from tests.docs.pages import ROOT, codes, rows, text

PAGE = "docs/security.md"
THREATS = rows(PAGE, "threat")


def names_in(file: str) -> set[str]:
    """Return the names of a file's tests, those in classes included."""
    tree = ast.parse(text(file))
    return {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_"
    }


@pytest.mark.parametrize("row", THREATS, ids=lambda row: row["threat"])
def test_every_threat_has_a_control_and_a_test(row: dict[str, str]) -> None:
    """The tests that a threat names exist; a file stands for all of its tests."""
    named = [each.partition("::") for each in codes(row["test"])]

    assert row["what stands against it"]
    assert named
    assert [file for file, _, _ in named if not names_in(file)] == []
    assert [test for file, _, test in named if test and test not in names_in(file)] == []


def test_the_questions_are_answered() -> None:
    """Who could read, write, take a token, send mail; what is left; what is kept."""
    headings = re.findall(r"^##+ (.+)$", text(PAGE), re.MULTILINE)

    assert len(THREATS) > 30
    assert {
        "Who could read customers' data",
        "Who could write to phones",
        "Who could take a token",
        "Who could send mail",
        "What is left",
        "What is kept, and for how long",
        "Reporting",
    } <= set(headings)


def test_every_document_is_in_the_table_of_what_is_kept() -> None:
    """The page and the architecture page tell of the same documents."""
    kept = {
        path
        for row in rows(PAGE, "document, secret or copy")
        for path in codes(row["document, secret or copy"])
    }
    documents = {path for row in rows("docs/architecture.md", "path") for path in codes(row["path"])}

    assert {path for path in kept if "/" in path} == documents


def test_what_expires_is_what_the_table_says() -> None:
    """Firestore deletes exactly the documents that have an end by the calendar."""
    table = rows(PAGE, "document, secret or copy")
    by_time = [
        row for row in table if re.search(r"days?,|minutes?,|hours?,", row["kept"]) and "/" in str(row)
    ]
    paths = {path for row in by_time for path in codes(row["document, secret or copy"]) if "/" in path}
    expiring = re.search(r"expiring += \[(.*)\]", (ROOT / "infra/gcp/database.tf").read_text())

    assert expiring
    assert {path.split("/")[-2] for path in paths} == set(re.findall(r'"(\w+)"', expiring[1]))
