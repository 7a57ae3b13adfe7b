"""What a story holds after another source joined it."""

from __future__ import annotations

from msgspec.structs import replace

from screener.entities.features import ACCESSION, FILING, RECORD, RELEASE, Features, kind_of
from screener.entities.resolve import Resolved
from screener.types import Item, SourceRef, Story

FULL_TEXT = 600  # characters; what is shorter is a feed's summary
MAX_SOURCES = 40  # real news has a dozen; a flood of one text must not grow a story without end


def item_text(item: Item) -> str:
    """An item's words: the body or else the summary, then the exhibits (EX-99) that the body does not hold itself."""
    text = item.body or item.summary
    for exhibit in item.exhibits:
        if exhibit.kind.upper().startswith("EX-99") and exhibit.text and exhibit.text[:200] not in text:
            text = f"{text}\n\n{exhibit.text}" if text else exhibit.text
    return text


def source_ref(item: Item) -> SourceRef:
    """How a story remembers one source."""
    return SourceRef(
        source=item.source,
        url=item.url,
        received=item.received,
        published=item.published,
        source_id=item.source_id,
        form=item.form,
    )


def new_story(item: Item, resolved: Resolved, story_id: str) -> Story:
    """The story that an item starts."""
    return Story(
        id=story_id,
        title=item.title,
        text=item_text(item),
        form=item.form,
        published=item.published or item.received,
        first_seen=item.received,
        sources=(source_ref(item),),
        tickers=resolved.tickers,
        cik=resolved.cik,
        company=resolved.company,
        items=item.items,
        subjects=item.subjects,
        source_facts=item.facts,
        replayed=item.replayed,
    )


def merge(story: Story, item: Item, resolved: Resolved, features: Features, members: list[Features]) -> Story:
    """The story with one more source, or with that source's newer words. Nothing changes when it says nothing new.

    Nothing changes either when it comes from one source more than ``MAX_SOURCES``.
    """
    if len(story.sources) >= MAX_SOURCES and not _same_item(story, item):
        return story
    title, text, form = _words(story, item, features, members)
    edited = features.kind == RELEASE and len(story.sources) == 1 and _same_item(story, item)
    return replace(
        story,
        title=title,
        text=text,
        form=form,
        published=min(story.published, item.published or item.received),
        first_seen=min(story.first_seen, item.received),
        sources=_sources(story, item),
        # what the only source says now corrects whom it named before
        tickers=resolved.tickers if edited and resolved.tickers else _union(story.tickers, resolved.tickers),
        cik=resolved.cik if story.cik is None or (edited and resolved.tickers) else story.cik,
        company=(edited and resolved.company) or story.company or resolved.company,
        items=_union(story.items, item.items),
        subjects=_union(story.subjects, item.subjects),
        source_facts={**story.source_facts, **item.facts},
        confirmed_by=_confirmed(story, item, features),
        replayed=story.replayed or item.replayed,
    )


def _union(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return old if set(new) <= set(old) else tuple(dict.fromkeys(old + new))


def _sources(story: Story, item: Item) -> tuple[SourceRef, ...]:
    """All sources in order of receipt; the same item again adds none."""
    if any(r.source == item.source and r.source_id == item.source_id for r in story.sources):
        return story.sources
    return tuple(sorted((*story.sources, source_ref(item)), key=lambda r: (r.received, r.source, r.source_id)))


def _confirmed(story: Story, item: Item, features: Features) -> str:
    """The filing (its accession) or agency record that stands beside a release; the first one stays."""
    if story.confirmed_by:
        return story.confirmed_by
    kinds = {kind_of(r.form): r.source_id for r in reversed(story.sources)}
    kinds.setdefault(features.kind, item.source_id)
    if RELEASE not in kinds:
        return ""
    accession = ACCESSION.search(kinds.get(FILING, ""))
    return accession.group() if accession else kinds.get(FILING) or kinds.get(RECORD) or ""


def _words(story: Story, item: Item, features: Features, members: list[Features]) -> tuple[str, str, str]:
    """Title, text and form: a release's own headline before a filing's, a whole text before a summary."""
    mine = item_text(item)
    head = members[0]
    if _same_item(story, item) and features.kind == kind_of(story.form):
        alone = len(story.sources) == 1
        own = [m for m in members if m.source == item.source]
        titled = alone or any(m.title == story.title for m in own)
        worded = alone or any(m.text == story.text for m in own)
        return (item.title if titled else story.title), (mine or story.text if worded else story.text), story.form
    if _rank(features) > max(_rank(m) for m in members) or (features.kind == RELEASE and _cut(head, features)):
        keep = len(mine) < FULL_TEXT < len(story.text) and head.language == features.language
        return item.title, story.text if keep else (mine or story.text), item.form
    if features.corrected and features.kind == RELEASE and mine:
        return story.title, mine, story.form
    longer = len(story.text) < FULL_TEXT < len(mine) and head.language == features.language
    return story.title, mine if longer else story.text, story.form


def _same_item(story: Story, item: Item) -> bool:
    return any(r.source == item.source and r.source_id == item.source_id for r in story.sources)


def _rank(f: Features) -> tuple[bool, bool, bool]:
    return f.kind == RELEASE, f.language == "en", not f.relayed


def _cut(head: Features, features: Features) -> bool:
    """True when the story's title is the new one cut by a feed."""
    if head.title.rstrip().endswith(("...", "…")) and features.bare.startswith(head.bare.rsplit(" ", 1)[0]):
        return True
    return head.bare != features.bare and features.bare.replace("-", " ").endswith(head.bare.replace("-", " "))
