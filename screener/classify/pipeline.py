"""The classifier: stories in, catalysts with confidence and evidence out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from msgspec import structs
from spacy.tokens import Doc

from screener import config, yamlfile
from screener.classify import model
from screener.classify.components import StoryView, make_doc, scorer_of, wordings_of
from screener.classify.details import Describer
from screener.classify.judge import BATCH, HELD, build
from screener.classify.quotes import MOST as MOST_SPANS
from screener.classify.quotes import quotes
from screener.classify.rulefile import CatalystRule
from screener.classify.spelling import Spelled
from screener.config import Settings
from screener.types import Catalyst, Classified, Noise, Span, Story

NOISE_THRESHOLD = HELD
GLOSSED = 0.6  # least confidence of a catalyst read through a glossary: word by word is not reading


class Classifier:
    """All catalyst types and noise classes for stories.

    ``rules`` are the folders of catalyst files, a later one's file replacing an earlier one's of the same name;
    ``weights`` is the folder of the trained model; with None the wordings decide alone. Raises YamlError and ModelError.
    ``model_id`` names weights and catalyst files together.
    """

    def __init__(self, rules: Path | Sequence[Path], model: Path | None) -> None:
        folders = [rules] if isinstance(rules, Path) else list(rules)
        self.nlp = build(folders, model)
        self.rules: tuple[CatalystRule, ...] = wordings_of(self.nlp).bank.rules
        self.describer = Describer(self.rules)
        self.model_id = _model_id(folders, model)

    def classify(self, story: Story, threshold: float = 0.5) -> Classified:
        """What one story holds: catalysts of at least ``threshold`` confidence, best first, and noise classes."""
        return next(self.classify_many((story,), threshold))

    def classify_many(self, stories: Iterable[Story], threshold: float = 0.5) -> Iterator[Classified]:
        """As ``classify`` for many stories, in their order; they are read in batches of ``BATCH``."""
        waiting = iter(stories)
        while batch := list(islice(waiting, BATCH)):
            spelled = [Spelled(story) for story in batch]
            docs = [make_doc(self.nlp, one.view) for one in spelled]
            for doc, one in zip(self.nlp.pipe(docs, batch_size=BATCH), spelled, strict=True):
                found = self._read(doc, one.story, threshold)
                yield one.restored(_in_english(found, one.language) if one.language else found)

    def _read(self, doc: Doc, story: Story, threshold: float) -> Classified:
        view: StoryView = doc._.story
        if view.language:
            return _foreign(story.id, view.language)
        found, noise = list[tuple[float, CatalystRule, tuple[Span, ...], str]](), list[Noise]()
        for number, chance in enumerate(doc._.chances.tolist()):
            rule = self.rules[number]
            if chance < (threshold if rule.kind == "type" else NOISE_THRESHOLD):
                continue
            proof, codes = doc._.codes.get(number, (0.0, ()))
            spans = (*quotes(doc, number, scorer_of(self.nlp)), *codes)
            if rule.kind == "noise":
                noise.append(Noise(story_id=story.id, kind=rule.id, evidence=spans[:MOST_SPANS]))
            else:
                found.append((chance, rule, spans, self._made_by(doc, number, proof)))
        found.sort(key=lambda row: (-row[0], row[1].id))
        types = tuple(rule.id for chance, rule, _, _ in found if chance >= HELD)
        catalysts = tuple(self._catalyst(story, *row, types) for row in found)
        return Classified(story_id=story.id, catalysts=catalysts, noise=tuple(noise))

    def _made_by(self, doc: Doc, number: int, proof: float) -> str:
        """Which parts spoke for a class: ``patterns``, ``model`` (linear model or encoder), ``items``."""
        told = (doc._.told or {}).get(number)
        worded = any(number in found and found[number].patterns for found in (doc._.hits.title, doc._.hits.text))
        worded = worded or (told is not None and told.worded)
        read = bool(doc._.story.headline) or told is not None
        weighed = scorer_of(self.nlp).weights is not None and read and bool(doc._.words[number] >= HELD)
        parts = ["patterns"] * worded + ["model"] * (weighed or bool(doc._.read)) + ["items"] * (proof > 0)
        return "+".join(parts) or "patterns"

    def _catalyst(
        self,
        story: Story,
        chance: float,
        rule: CatalystRule,
        spans: tuple[Span, ...],
        made_by: str,
        types: tuple[str, ...],
    ) -> Catalyst:
        said = self.describer.describe(
            rule.id,
            story.title,
            story.text,
            form=story.form,
            items=story.items,
            doc_types=types,
            company=story.company,
            tickers=story.tickers[:1],
            told_at=[(span.start, span.end) for span in spans if span.field == "title"],
        )
        return Catalyst(
            story_id=story.id,
            ticker=story.tickers[0] if story.tickers else "",
            type=rule.id,
            stage=said.stage,
            polarity=said.polarity,
            confidence=round(chance, 3),
            evidence=(*spans[:MOST_SPANS], *said.spans),
            facts={**said.facts, **story.source_facts},
            made_by=made_by,
        )


def classifier_of(settings: Settings) -> Classifier:
    """The classifier in use: the built-in catalyst files with the user's, and the trained model. Raises as above."""
    return Classifier(config.rule_folders(settings, "catalysts"), config.built_in("data") / "model")


def _foreign(story_id: str, language: str) -> Classified:
    """A headline in another language is left alone, and says so."""
    return Classified(
        story_id=story_id,
        noise=(Noise(story_id=story_id, kind="other_noise", evidence=(_language(language),)),),
    )


def _in_english(found: Classified, language: str) -> Classified:
    """What was read through a glossary says so, and holds nothing that is less than probable."""
    said = _language(language)
    sure = tuple(c for c in found.catalysts if c.confidence >= GLOSSED)
    if not (sure or found.noise):
        return structs.replace(found, catalysts=(), noise=_foreign(found.story_id, language).noise)
    catalysts = tuple(structs.replace(c, evidence=(*c.evidence, said)) for c in sure)
    noise = tuple(structs.replace(n, evidence=(*n.evidence, said)) for n in found.noise)
    return structs.replace(found, catalysts=catalysts, noise=noise)


def _language(code: str) -> Span:
    return Span(field="subjects", start=0, end=0, text=f"language:{code}")


def _model_id(folders: Sequence[Path], weights: Path | None) -> str:
    digest = hashlib.sha256()
    for path in (path for folder in folders for path in yamlfile.walk(folder)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{(model.digest(weights) if weights else '') or 'none'}-{digest.hexdigest()[:12]}"
