"""Composing a conversation: people, a topic, exchanges that answer each other, and their times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sigh_batch.config.generate import ConversationConfig, SplitsConfig
from sigh_batch.rng import Draws
from sigh_batch.scene.clock import Clock
from sigh_batch.scene.conversation import Conversation, Message, Person
from sigh_batch.scene.corpus import Exchange, Talk, Topic, own_lines, talk
from sigh_batch.scene.features import Circle, attach, first_unread, interact, typist
from sigh_batch.scene.habits import draw_habits, shortening
from sigh_batch.scene.locale import Locale, locale
from sigh_batch.scene.people import draw_people, names
from sigh_batch.scene.pools import SPLITS
from sigh_batch.scene.slots import Filler

_STYLES = {False: ("full", "given", "given"), True: ("full", "given", "handle")}


def used_splits(splits: SplitsConfig) -> tuple[str, ...]:
    """Return the splits that have a share above 0."""
    return tuple(split for split in SPLITS if getattr(splits, split) > 0)


def compose(
    draws: Draws,
    config: ConversationConfig,
    *,
    identity: str,
    code: str,
    split: str,
    group: bool,
    count: int,
    splits: tuple[str, ...] = SPLITS,
    service: bool = False,
) -> Conversation:
    """Return a conversation of `count` messages in a locale, in the words that `split` may use.

    With `service` the owner of the device asks, and the other person answers for a company.

    Raises ConfigError when the user's corpus file cannot be used for one of the run's `splits`.
    """
    here, words = locale(code), talk(code, split)
    lines = own_lines(config.corpus, splits)[split] if config.corpus else ()
    cast = draws.fork("people")
    style = cast.choice(_STYLES[group])
    size = cast.integer(max(3, config.people.min), max(3, config.people.max)) if group else 2
    people = draw_people(cast, code, split, size, style)
    script = _Script(draws, config, here, words, people, names(code, split).given, lines, split)
    script.theme = "support" if service else ""
    while len(script.messages) < count:
        script.add_stretch(group, count)
    messages = script.messages[:count]
    members = size if not group or cast.chance(0.5) else size + cast.integer(1, 240)
    owner = cast.choice(messages).author if cast.chance(0.85) else cast.integer(0, size - 1)
    if service:
        owner = messages[0].author
    if group and draws.chance(0.2):
        outside = [name for name in names(code, split).given if name not in script.present]
        messages = _with_news(draws.fork("news"), here, people, outside, messages, script.title)
    circle = script.circle(owner, group, members)
    messages = attach(draws.fork("attachments"), config, circle, messages)
    now = script.clock.look()
    channels = draws.shuffled(words.pools["channel"]) if group else []
    title = script.title if group else people[1 - owner].name
    if not group and not service and style == "given" and draws.chance(0.15) and "contact" in words.pools:
        title = draws.choice(words.pools["contact"])
        people = tuple(
            person if place == owner else replace(person, name=title) for place, person in enumerate(people)
        )
    said = _with_status(draws.fork("status"), messages, owner, group)
    marks = draws.fork("marks")
    typing = typist(marks, size, owner, said) if marks.chance(config.typing) else None
    if typing is not None:
        now = min(now, said[-1].time + timedelta(seconds=marks.integer(3, 90)))
    return Conversation(
        id=identity,
        title=title,
        locale=code,
        direction=here.direction,
        topic=script.topic,
        people=people,
        owner=owner,
        messages=interact(draws.fork("features"), config, circle, said),
        now=now,
        group=group,
        channel=draws.choice(channels) if channels else "",
        channels=tuple(channels),
        community=draws.choice(words.pools["server"]) if group else "",
        members=members,
        unread=first_unread(marks, owner, said) if marks.chance(config.unread) else None,
        typing=typing,
    )


class _Script:
    """A conversation while it is written."""

    def __init__(
        self,
        draws: Draws,
        config: ConversationConfig,
        here: Locale,
        words: Talk,
        people: tuple[Person, ...],
        given: tuple[str, ...],
        lines: tuple[str, ...],
        split: str,
    ) -> None:
        self._plan = draws.fork("plan")
        self._words = draws.fork("words")
        self._typing = draws.fork("typing")
        self.clock = Clock(draws.fork("times"))
        self._here, self._talk, self._given, self._lines = here, words, given, lines
        self._people, self._split = people, split
        self._short = shortening(words.pools.get("abbr", ()))
        emoji = words.pools.get("emoji", ())
        self._habits = [draw_habits(self._typing, emoji, config.emoji, config.typos) for _ in people]
        self.messages: list[Message] = []
        self.topic = ""
        self.theme = ""
        """The topic that all stretches have, where it is given."""
        self.title = ""
        self._cast: list[int] = []
        self._used: set[int] = set()
        self.present = frozenset(person.short for person in people)

    def add_stretch(self, group: bool, count: int) -> None:
        """Write about one topic: an opening, what follows from it, and perhaps an end."""
        plan, shared = self._plan, self._talk.shared
        topic = self._next_topic()
        if self.messages:
            self.clock.rest()
        keeps_roles = topic.next == (topic.name,)
        if not (self._cast and keeps_roles):
            self._cast = plan.shuffled(range(len(self._people)))
        cast = self._cast
        filler = self._filler()
        self._bind(filler, cast)
        filler.bind("hello", self._words.choice(self._talk.pools[f"hello{self.clock.part_of_day()}"]))
        if group and not self.title:
            self.title = filler.fill(plan.choice(topic.titles))
        private = not topic.cold and not self.theme
        if private and plan.chance(0.45):
            self._add(self._unused(shared["greeting"].opens), cast, filler, topic)
        self._add(self._unused(topic.opens), cast, filler, topic)
        for _ in range(min(plan.integer(0, 3), self._left(topic.mores))):
            self.clock.pause()
            if group:
                cast = [cast[0], *plan.shuffled(cast[1:])]
                self._bind(filler, cast)
                if plan.chance(0.4) and not keeps_roles:
                    self._add(self._unused(shared["ack"].opens), cast, filler, topic)
            self._add(self._unused(topic.mores), cast, filler, topic)
            if len(self.messages) >= count:
                return
        if private and plan.chance(0.5):
            self._add(self._unused(shared["closing"].opens), cast, filler, topic)

    def circle(self, owner: int, group: bool, members: int) -> Circle:
        """Return who is there, for what they do with the messages."""
        topic = self._talk.topics[self.topic]
        return Circle(
            people=len(self._people),
            members=members,
            owner=owner,
            group=group,
            cold=topic.cold,
            emoji=topic.emoji,
            split=self._split,
            fill=lambda pool: self._filler().entry(pool),
        )

    def _filler(self) -> Filler:
        day = self.clock.now.date()
        return Filler(self._words, self._here, self._talk.pools, self._given, self.present, day, self._split)

    def _left(self, exchanges: tuple[Exchange, ...]) -> int:
        """Return how many of the exchanges this conversation has not had."""
        return sum(id(exchange) not in self._used for exchange in exchanges)

    def _unused(self, exchanges: tuple[Exchange, ...]) -> Exchange:
        """Return a fitting exchange that this conversation has not had, as long as there is one."""
        unfit = {"night": not self.clock.is_night, "group": len(self._people) < 3, "": False}
        fitting = [exchange for exchange in exchanges if not unfit[exchange.when]]
        fresh = [exchange for exchange in fitting if id(exchange) not in self._used]
        chosen = self._plan.choice(fresh or fitting)
        self._used.add(id(chosen))
        return chosen

    def _next_topic(self) -> Topic:
        topics = self._talk.topics
        name = self.theme or self._plan.choice(topics[self.topic].next if self.topic else tuple(topics))
        self.topic = self.topic or name
        return topics[name]

    def _bind(self, filler: Filler, cast: list[int]) -> None:
        for role, place in zip("abc", cast, strict=False):
            filler.bind(role, self._people[place].short)

    def _add(self, exchange: Exchange, cast: list[int], filler: Filler, topic: Topic) -> None:
        for turn in exchange.turns:
            place = "abc".index(turn.role)
            if place >= len(cast) or (turn.optional and self._plan.chance(0.5)):
                continue
            author = cast[place]
            text = (
                self._words.choice(self._lines)
                if self._lines
                else filler.fill(self._words.choice(turn.texts))
            )
            text = self._habits[author].type(self._typing, text, self._short, topic.emoji, topic.cold)
            self.say(author, text)

    def say(self, author: int, text: str) -> None:
        """Write one message at the next fitting moment."""
        last = self.messages[-1] if self.messages else None
        if last is None:
            moment = self.clock.now
        elif last.author == author:
            moment = self.clock.burst(len(text))
        else:
            moment = self.clock.answer(len(text))
        self.messages.append(Message(author=author, time=moment, text=text))


def _with_news(
    draws: Draws,
    here: Locale,
    people: tuple[Person, ...],
    outside: list[str],
    messages: list[Message],
    title: str,
) -> list[Message]:
    """Put a line of the application's own between two messages; who comes or goes says nothing."""
    place = draws.integer(0, len(messages) - 1)
    actor, other = draws.integer(0, len(people) - 1), draws.choice(outside)
    kind = draws.choice(("joined", "left", "added", "renamed", "timer"))
    who = other if kind in ("joined", "left") else people[actor].name
    text = here.word(kind, a=who, b=other, title=title)
    line = Message(author=actor, time=messages[place].time, text=text, kind="system")
    return [*messages[:place], line, *messages[place : len(messages) - 1]]


def _with_status(draws: Draws, messages: list[Message], owner: int, group: bool) -> tuple[Message, ...]:
    """Set how far the owner's messages have come: what was answered was read, later ones may not be."""
    last_other = max((place for place, said in enumerate(messages) if said.author != owner), default=-1)
    status = draws.weighted(("read", "delivered", "sent"), (6, 3, 1))
    if group and status == "read" and draws.chance(0.4):
        status = "delivered"
    return tuple(
        said if place < last_other or said.author != owner else replace(said, status=status)
        for place, said in enumerate(messages)
    )
