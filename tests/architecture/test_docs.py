"""Pages are true: what they link to, what they tell to type, what they tell to set."""

from pathlib import Path

import pytest

from tools.docs_links import ROOT, faults, misunderstood, pages

PAGES = pages()


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_everything_that_a_page_names_is_there(page: Path) -> None:
    assert [str(fault) for fault in faults(page)] == []


def test_every_page_of_the_documentation_is_reached_from_its_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text() + (ROOT / "docs" / "operate" / "README.md").read_text()
    unreached = [
        page
        for page in PAGES
        if page.is_relative_to(ROOT / "docs") and page.name != "README.md" and page.name not in index
    ]
    assert unreached == []


def test_the_sql_of_the_install_page_is_the_file_that_hosts_run() -> None:
    assert (ROOT / "deploy" / "postgresql.sql").read_text() in (ROOT / "docs" / "operate" / "install.md").read_text()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("serve --role web", ""),
        ("audit verify --export FILE --key FILE", ""),
        ("manage anything --at-all", ""),
        ("sing", "no command 'sing'"),
        ("audit sing", "no command 'sing'"),
        ("serve --loud", "no option --loud"),
        ("serve --role queen", "--role takes"),
    ],
)
def test_what_the_program_would_not_understand_is_found(words: str, problem: str) -> None:
    assert problem in misunderstood(words.split())
    assert bool(problem) == bool(misunderstood(words.split()))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a](nowhere.md)", "nowhere.md"),
        ("[a](tutorial.md#below)", "no such heading"),
        ("[a](../../../../../../../../../../etc)", "outside the repository"),
        ("type `make coffee`", "make coffee"),
        ("```sh\nmake coffee\n```", "make coffee"),
        ("`sundial brew`", "brew"),
        ("```sh\n.venv/bin/sundial brew\n```", "brew"),
        ('```sh\nmake sundial ARGS="brew"\n```', "brew"),
        ("set `SUNDIAL_TEA` to `green`", "SUNDIAL_TEA"),
    ],
)
def test_each_kind_of_fault_is_found(text: str, problem: str) -> None:
    found = [str(fault) for fault in faults(ROOT / "docs" / "README.md", text)]
    assert found
    assert problem in found[0]
