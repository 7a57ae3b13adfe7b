"""Run the tests that stand in catalyst files: what must be tagged with a type, and what must not."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from screener import clock, config, yamlfile
from screener.classify.pipeline import Classifier
from screener.classify.rulefile import CatalystRule, Sample, load_folder, unknown_names
from screener.types import Classified, Story

_EPOCH = clock.parse_time("1970-01-01T00:00:00Z")


def run_catalyst_tests(classifier: Classifier, rules: Path) -> Iterator[tuple[str, int, str]]:
    """Failures as (path, line, message). Raises YamlError for a file that does not load.

    The tests of a file that the classifier has another of (a user's file replaces it) are left alone.
    """
    loaded = {rule.id: rule.path for rule in classifier.rules}
    rules_here = [rule for rule in load_folder(rules) if loaded.get(rule.id) == rule.path]
    known = {*loaded, *(path.stem for path in yamlfile.walk(config.built_in("rules") / "catalysts"))}
    for rule, key, name in unknown_names(rules_here, known):
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else "no file describes it"
        yield rule.path, rule.lines.get(key, 1), f"{key}: {name!r} is no catalyst type; {hint}"
    for rule in rules_here:
        answers = classifier.classify_many(_story(rule, sample) for sample in rule.samples)
        for sample, answer in zip(rule.samples, answers, strict=True):
            if sample.must != _tagged(rule, answer):
                yield rule.path, sample.line, _message(rule, sample, answer)
            else:
                yield from ((rule.path, sample.line, line) for line in _other(rule, sample, answer))
        if not any(s.must for s in rule.samples) or all(s.must for s in rule.samples):
            yield rule.path, 1, f"{rule.id} needs tests both ways: at least one must and one must_not"


def _other(rule: CatalystRule, sample: Sample, answer: Classified) -> Iterator[str]:
    """What was found, and with another stage, polarity or fact than the test expects."""
    found = next((c for c in answer.catalysts if c.type == rule.id), None)
    for name, wanted in sample.expect.items() if found else ():
        assert found is not None
        got = {"stage": found.stage, "polarity": found.polarity}.get(name, found.facts.get(name))
        if got != (wanted or "" if name == "stage" else wanted):
            yield f"{sample.title!r} must have {name} {wanted!r}: got {got!r}"


def _story(rule: CatalystRule, sample: Sample) -> Story:
    return Story(
        id=f"{rule.id}:{sample.line}",
        title=sample.title,
        text=sample.text,
        form=sample.form,
        items=sample.items,
        subjects=sample.subjects,
        source_facts=sample.facts,
        published=_EPOCH,
        first_seen=_EPOCH,
    )


def _tagged(rule: CatalystRule, answer: Classified) -> bool:
    if rule.kind == "noise":
        return any(noise.kind == rule.id for noise in answer.noise)
    return any(catalyst.type == rule.id for catalyst in answer.catalysts)


def _message(rule: CatalystRule, sample: Sample, answer: Classified) -> str:
    names = [*(c.type for c in answer.catalysts), *(n.kind for n in answer.noise)]
    got = f"got {', '.join(names) or 'nothing'}"
    if sample.must:
        return f"{sample.title!r} must be {rule.id}: {got}"
    words = [s.text for c in answer.catalysts if c.type == rule.id for s in c.evidence if not s.fact]
    words += [s.text for n in answer.noise if n.kind == rule.id for s in n.evidence]
    return f"{sample.title!r} must not be {rule.id}: {got}; it read {' / '.join(words)}"
