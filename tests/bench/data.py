"""The benchmark's data in a folder: made when first asked for, kept with a stamp, never half there."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.bench import env, reference, variants, xml_data

SEED = 20261123
SOURCES = ("text.py", "reference.py", "air.py", "env.py", "env_faults.py", "variants.py", "xml_data.py")
STAMP = "stamp.json"
REFERENCE_VARIANTS = {
    "shuffled": ("shuffled.jsonl", variants.shuffled), "spaced": ("spaced.jsonl", variants.spaced),
    "array": ("array.json", variants.array), "geojson": ("features.geojson", variants.geojson),
}  # fmt: skip
SUBMISSION_VARIANTS = {"csv": variants.submission_of_csv, "json": variants.submission_of_json}


@dataclass(frozen=True, slots=True)
class Data:
    """What lies in one folder; `told` hears of each data set that has to be made."""

    root: Path
    told: Callable[[str], None] = print

    def reference(self, records: int, rate: float, edges: bool = False) -> Path:
        """JSON Lines of `records` observations, a share `rate` wrong (see reference.lines)."""
        name = f"reference-{records}-{rate:g}{'-edges' if edges else ''}"
        folder = self._kept(name, lambda to: _write(to / "plain.jsonl", reference.lines(SEED, records, rate, edges)))
        return folder / "plain.jsonl"

    def variant(self, kind: str, records: int, rate: float) -> Path:
        """The reference data in another form."""
        file, make = REFERENCE_VARIANTS[kind]
        source = self.reference(records, rate)
        return self._kept(f"reference-{records}-{rate:g}-as-{kind}", lambda to: make(source, to / file)) / file

    def submission(self, records: int, rate: float) -> Path:
        """A whole submission of VSC-ENV."""
        return (
            self._kept(f"env-{records}-{rate:g}", lambda to: env.write_submission(to / "env", records, rate, SEED))
            / "env"
        )

    def submission_as(self, kind: str, records: int, rate: float) -> Path:
        make, source = SUBMISSION_VARIANTS[kind], self.submission(records, rate)
        return self._kept(f"env-{records}-{rate:g}-as-{kind}", lambda to: make(source, to / "env")) / "env"

    def xml(self, records: int, rate: float) -> Path:
        blocks = lambda to: _write(to / "document.xml", xml_data.document(records, rate, SEED))  # noqa: E731
        return self._kept(f"xml-{records}-{rate:g}", blocks) / "document.xml"

    def _kept(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder `name`; made anew when its stamp is not that of the generators as they are."""
        folder, wanted = self.root / name, {"name": name, "seed": SEED, "generators": generators_digest()}
        if (folder / STAMP).is_file() and json.loads((folder / STAMP).read_text(encoding="utf-8")) == wanted:
            return folder
        began, growing = time.monotonic(), self.root / f"{name}.growing"
        for stale in (folder, growing):
            shutil.rmtree(stale, ignore_errors=True)
        growing.mkdir(parents=True)
        make(growing)
        (growing / STAMP).write_text(json.dumps(wanted), encoding="utf-8")
        growing.rename(folder)
        self.told(f"made {name} in {time.monotonic() - began:.0f} s")
        return folder


def generators_digest() -> str:
    """Changes when a generator does."""
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    with path.open("wb") as out:
        for block in blocks:
            out.write(block)
