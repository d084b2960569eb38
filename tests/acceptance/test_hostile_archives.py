"""Archives meant to harm: refused in one line, in either language, at little cost."""

from pathlib import Path

import pytest

from tests.archives import HOSTILE, Packer, tar_header_bomb, zip_bomb
from tests.submissions import assert_one_line_of_advice, document, record, run_apart, submission, validate
from validator.cli.main import main

QUICK = {name: packer for name, (packer, _) in HOSTILE.items() if "bomb" not in name}


@pytest.mark.parametrize("packer", QUICK.values(), ids=QUICK)
def test_a_hostile_archive_is_refused_with_one_line_of_advice(packer: Packer, tmp_path: Path) -> None:
    assert_one_line_of_advice(packer(tmp_path))


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - set(QUICK)))
def test_a_bomb_is_refused_before_it_goes_off(name: str, tmp_path: Path) -> None:
    given = HOSTILE[name][0](tmp_path)
    ran = run_apart("validate", given, "--lang", "en", timeout=120)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error:")
    assert len(ran.err.splitlines()) == 1
    assert ran.seconds < 60
    assert ran.peak_mib < 300


@pytest.mark.parametrize("packer", [zip_bomb, tar_header_bomb])
def test_preflight_refuses_a_bomb_too(packer: Packer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", str(packer(tmp_path)), "--lang", "en"]) == 2
    assert "NOT READY" in capsys.readouterr().out


def test_an_archive_inside_a_submission_is_not_opened(tmp_path: Path) -> None:
    """A data file that is itself a bomb is just a file that is no JSON."""
    root = submission(tmp_path / "s", document(record()))
    (root / "data.json").write_bytes(zip_bomb(tmp_path).read_bytes())
    ran = validate(root)

    assert ran.code == 1
    assert "VSC-CORE-R01" in ran.failed
