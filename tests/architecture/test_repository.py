"""What the repository must not hold: addresses of registries, paths of one machine, unfinished promises."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = re.compile(r'"resolved":\s*"http|--(extra-)?index-url|registry\s*=\s*"?http')
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError\(\)")


def _files(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    locks = _files("*.lock", "package-lock.json", ".npmrc")
    assert len(locks) >= 3
    for lock in locks:
        assert not REGISTRY.search(lock.read_text()), lock
    for lock in _files("*.lock"):
        assert "--hash=sha256:" in lock.read_text(), lock
    assert '"integrity"' in (ROOT / "package-lock.json").read_text()


def test_nothing_is_left_unfinished_in_the_sources() -> None:
    for file in _files("src/*.py", "web/*.ts", "web/*.css"):
        assert not UNFINISHED.search(file.read_text()), file


def test_no_minified_file_is_committed() -> None:
    for file in _files("*.js", "*.css", "*.ts", "*.mjs"):
        assert max((len(line) for line in file.read_text().splitlines()), default=0) < 1000, file


def test_ci_runs_exactly_the_tests_of_the_readme() -> None:
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()
