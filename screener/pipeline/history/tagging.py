"""The third step: the stories of a part are classified and written as Parquet. A pure function of their bytes, the
catalyst files and the model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import msgspec

from screener import config
from screener.classify.pipeline import Classifier, classifier_of
from screener.config import Rules
from screener.pipeline.boundary import attempt_now
from screener.pipeline.history.archive import write_filings, write_part
from screener.pipeline.history.joining import read_chunk
from screener.pipeline.history.records import Job, PartDone, PartFile, Slice
from screener.pipeline.history.workfiles import digest_of, lines_of, load, save, sha256
from screener.pipeline.workspace import Workspace
from screener.store.spans import Past
from screener.types import Classified, Filing, Problem

PART_CHUNKS = 4
"""Chunks of one Parquet file: enough rows to be read fast, few enough to be classified again without regret."""
FILINGS = 100_000
_filing = msgspec.json.Decoder(Filing).decode


@lru_cache(maxsize=1)
def _classifier(rules: Rules, wordings_only: bool) -> Classifier:
    """The classifier of this process, loaded once."""
    settings = config.Settings(rules=rules)
    return Classifier(config.rule_folders(settings, "catalysts"), None) if wordings_only else classifier_of(settings)


def model_of(job: Job) -> str:
    """The id of the classifier in use: of its weights and of the catalyst files."""
    return _classifier(job.rules, job.wordings_only).model_id


def classifier_for(workspace: Workspace, model_ids: Collection[str]) -> Classifier:
    """The classifier that made an archive, when it is one of today's: by wordings alone, else with the model."""
    alone = _classifier(workspace.settings.rules, True) if all(m.startswith("none-") for m in model_ids) else None
    return alone if alone is not None and {alone.model_id} == set(model_ids) else workspace.classifier


def tag_part(job: Job, month: str, number: int, chunks: Sequence[str], model_id: str) -> PartDone:
    """Classify the chunks of a part and write it, or say what an earlier call made of the same bytes."""
    key = digest_of(model_id, month, str(number), *(sha256(job.work / c) for c in chunks))
    place = job.work / "parts" / f"{key}.json"
    done = load(place, PartDone)
    if done is not None and all(_stands(job, f) for f in done.files):
        return done
    problems: list[Problem] = []
    pasts = [p for name in chunks for p in _tagged(job, read_chunk(job, name), model_id, problems)]
    files = write_part(job.archive, month, number, pasts)
    tagged = sum(bool(p.found and p.found.catalysts) for p in pasts)
    done = PartDone(files=files, tagged=tagged, problems=tuple(problems))
    save(place, done)
    return done


def _stands(job: Job, file: PartFile) -> bool:
    path = job.archive / file.path
    return path.is_file() and sha256(path) == file.digest


def _tagged(job: Job, pasts: list[Past], model_id: str, problems: list[Problem]) -> list[Past]:
    classifier = _classifier(job.rules, job.wordings_only)
    stories = [p.story for p in pasts]
    found = attempt_now("classify", stories[0].id, lambda: list(classifier.classify_many(stories)))
    answers = found if isinstance(found, list) else [_alone(classifier, p, problems) for p in pasts]
    return [
        msgspec.structs.replace(p, found=a, model_id=model_id if a is not None else "")
        for p, a in zip(pasts, answers, strict=True)
    ]


def _alone(classifier: Classifier, past: Past, problems: list[Problem]) -> Classified | None:
    found = attempt_now("classify", past.story.id, lambda: classifier.classify(past.story))
    if isinstance(found, Problem):
        problems.append(found)
        return None
    return found


def write_month_filings(job: Job, month: str, slices: Sequence[Slice]) -> PartDone:
    """Write a month's filings in order of acceptance; of an accession that came twice the one with more roles."""
    held: dict[str, Filing] = {}
    for part in slices:
        for filing in map(_filing, lines_of(job.work / part.run, part.start, part.size)):
            old = held.get(filing.accession)
            if old is None or (len(filing.parties), old.received) > (len(old.parties), filing.received):
                held[filing.accession] = filing
    ordered = sorted(held.values(), key=lambda f: (f.accepted, f.accession))
    parts = range(0, len(ordered), FILINGS)
    files = tuple(write_filings(job.archive, month, n, ordered[at : at + FILINGS]) for n, at in enumerate(parts))
    return PartDone(files=files)
