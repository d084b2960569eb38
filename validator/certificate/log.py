"""A transparency log as static files: leaves are appended, heads signed, proofs made from what lies there.

Appending writes tiles first and the log's state last: a crash between leaves the log as it was, and what
it left behind is written over. Before every append and signature the tree is compared with the state and
with the published checkpoint, so that a log that was cut, rewritten or set back is refused, not forked.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from validator.certificate import checkpoint, merkle, note
from validator.certificate.checkpoint import Head, Trust, Verified
from validator.certificate.cosign import WitnessKey
from validator.certificate.log_growth import grown
from validator.certificate.log_proof import ConsistencyProof, InclusionProof, require_extension
from validator.certificate.log_state import CHECKPOINT, Folder, State
from validator.certificate.note import ED25519, NoteSigner, Signature
from validator.certificate.tiles import LONGEST_ENTRY, WIDTH, Tree, tiles_of
from validator.errors import EvidenceError, UsageError


def create(path: Path, signers: Sequence[NoteSigner]) -> Log:
    """A new, empty log in a new or empty folder, signed by keys of one name: its origin. Raises UsageError."""
    origins = {signer.name for signer in signers}
    if len(origins) != 1 or not all(map(note.is_name, origins)):
        raise UsageError("tlog.bad_origin", {"origin": ", ".join(sorted(origins))})
    if not any(signer.key.kind == ED25519 for signer in signers):
        raise UsageError("tlog.no_ed25519")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError("tlog.not_empty", {"path": str(path)})
    path.mkdir(parents=True, exist_ok=True)
    log = Log(Folder(path))
    keys = tuple(note.vkey(signer.key) for signer in signers)
    with log.folder.locked():
        log.folder.remember(State(origins.pop(), keys, 0, merkle.EMPTY_ROOT, 0))
    log.publish(signers)
    return log


@dataclass(frozen=True, slots=True)
class Log:
    """The log in a folder. Appending and publishing hold its lock; proofs need no lock."""

    folder: Folder

    @property
    def trust(self) -> Trust:
        """The log's own keys, as it remembers them: enough to see its own faults, not to trust it."""
        return self.folder.state().trust()

    def append(self, leaves: Sequence[bytes]) -> range:
        """The indices of the new leaves, all or none of them, on the disk. Raises EvidenceError for a log that
        does not hold together, UsageError for a leaf of no or too many bytes, EngineError."""
        if not all(0 < len(leaf) <= LONGEST_ENTRY for leaf in leaves):
            raise UsageError("tlog.bad_leaf", {"longest": LONGEST_ENTRY})
        with self.folder.locked():
            state, _ = self._settled()
            size = state.size + len(leaves)
            files, root = grown(self.folder.read, state.size, leaves)
            self.folder.write(files)
            self.folder.remember(replace(state, size=size, root=root))
            for tile in tiles_of(size, state.size):
                if tile.width == WIDTH:  # the full tile stands for its beginnings from now on
                    shutil.rmtree(self.folder.path / f"{tile.full_path}.p", ignore_errors=True)
        return range(state.size, size)

    def publish(self, signers: Sequence[NoteSigner]) -> bytes:
        """The checkpoint over all leaves, signed and published; the one that is there if it says so already.

        Raises EvidenceError when the log does not hold together, UsageError for keys that are not the log's.
        """
        with self.folder.locked():
            state, published = self._settled()
            if published is not None and published.head.size == state.size:
                return published.content
            if sorted(note.vkey(signer.key) for signer in signers) != sorted(state.keys):
                raise UsageError("tlog.other_keys", {"origin": state.origin})
            self.folder.remember(replace(state, signed=state.size))
            content = checkpoint.sign(Head(state.origin, state.size, state.root), signers)
            self.folder.write({CHECKPOINT: content})
            return content

    def attach(self, lines: Sequence[Signature], witnesses: Sequence[WitnessKey]) -> bytes:
        """The published checkpoint with cosignatures of these witnesses added; others' are left out.

        Raises EvidenceError when none of them is of a witness for this checkpoint, or one does not hold.
        """
        with self.folder.locked():
            _, published = self._settled()
            if published is None:
                raise EvidenceError("tlog.no_checkpoint_yet")
            known = {(key.name, key.id) for key in witnesses}
            new = tuple(line for line in lines if (line.name, line.id) in known)
            there = note.parse(published.content)
            if not new or not replace(there, signatures=new).check(witnesses):
                raise EvidenceError("tlog.no_cosignature")
            named = {(line.name, line.id) for line in new}
            kept = tuple(s for s in there.signatures if (s.name, s.id) not in named)
            content = replace(there, signatures=kept + new).encode()
            self.folder.write({CHECKPOINT: content})
            return content

    def published(self) -> Verified:
        """The checkpoint that the log shows. Raises EvidenceError."""
        content = self.folder.read(CHECKPOINT)
        if content is None:
            raise EvidenceError("tlog.no_checkpoint_yet")
        return checkpoint.verify(content, self.trust)

    def prove(self, index: int) -> InclusionProof:
        """That a leaf stands under the published checkpoint. Raises UsageError when it does not yet,
        EvidenceError when the tiles do not lead to the signed root."""
        shown = self.published()
        head = shown.head
        if not 0 <= index < head.size:
            raise UsageError("tlog.no_such_leaf", {"index": index, "size": head.size})
        tree = Tree(self.folder.read, head.size)
        leaf = tree.entries(index // WIDTH)[index % WIDTH]
        path = merkle.inclusion(index, head.size, tree.node)
        if not merkle.included(merkle.leaf_hash(leaf), index, head.size, path, head.root):
            raise EvidenceError("tlog.rewritten", {"size": head.size})
        return InclusionProof(index, path, shown.content, leaf)

    def extension(self, old: Head) -> ConsistencyProof:
        """That the published checkpoint begins with the tree of an older head. Raises EvidenceError."""
        shown = self.published()
        head = shown.head
        if old.origin != head.origin:
            raise EvidenceError("tlog.other_origin", {"origin": old.origin, "expected": head.origin})
        if old.size > head.size:
            raise EvidenceError("tlog.fork", {"old": old.size, "new": head.size})
        path = merkle.consistency(old.size, head.size, Tree(self.folder.read, head.size).node)
        require_extension(old, head, path)
        return ConsistencyProof(old.size, path, shown.content)

    def find(self, leaf: bytes) -> int | None:
        """Where a leaf first stands among all that were appended: what a caller asks that was cut off in between."""
        wanted = merkle.leaf_hash(leaf)
        return next((index for index, found in enumerate(self._hashes()) if found == wanted), None)

    def places(self) -> dict[bytes, int]:
        """Where each leaf first stands, by its hash: for who asks for many."""
        found: dict[bytes, int] = {}
        for index, leaf in enumerate(self._hashes()):
            found.setdefault(leaf, index)
        return found

    def _hashes(self) -> Iterator[bytes]:
        size = self.folder.state().size
        tree = Tree(self.folder.read, size)
        for tile in range(-(-size // WIDTH)):
            yield from tree.tile(0, tile)

    def _settled(self) -> tuple[State, Verified | None]:
        """The state and the published checkpoint, which agree with the tiles and each other. Raises EvidenceError."""
        state = self.folder.state()
        if Tree(self.folder.read, state.size).root() != state.root:
            raise EvidenceError("tlog.rewritten", {"size": state.size})
        content = self.folder.read(CHECKPOINT)
        if content is None:
            return state, None
        published = checkpoint.verify(content, state.trust())
        head = published.head
        if head.size > state.size:
            raise EvidenceError("tlog.set_back", {"size": state.size, "signed": head.size})
        if Tree(self.folder.read, head.size).root() != head.root:
            raise EvidenceError("tlog.rewritten", {"size": head.size})
        return state, published
