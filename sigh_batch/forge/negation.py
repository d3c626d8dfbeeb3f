"""Turning what somebody said into its opposite, by the few words that do it in each language."""

from __future__ import annotations

import functools
import re

from sigh_batch.rng import Draws

_SWAPS: dict[str, str] = {
    "en": "yes/no, yeah/nope, always/never, everything/nothing, everyone/nobody, before/after, more/less, "
    "can/can't, will/won't, do/don't, did/didn't, does/doesn't, is/isn't, was/wasn't, are/aren't, "
    "were/weren't, have/haven't, has/hasn't, would/wouldn't, should/shouldn't, could/couldn't, "
    "I'll/I won't, I'm/I'm not, it's/it's not, that's/that's not, we're/we're not, you're/you're not, "
    "they're/they're not, with/without, agree/disagree, paid/unpaid, possible/impossible, open/closed, "
    "early/late",
    "de": "ja/nein, immer/nie, alles/nichts, jemand/niemand, mehr/weniger, vor/nach, mit/ohne, ein/kein, "
    "eine/keine, einen/keinen, einem/keinem, einer/keiner, ist/ist nicht, bin/bin nicht, kann/kann nicht, "
    "war/war nicht, sind/sind nicht, will/will nicht, geht/geht nicht, passt/passt nicht, weiß/weiß nicht, "
    "möglich/unmöglich, bezahlt/nicht bezahlt, früh/spät",
    "fr": "oui/non, toujours/jamais, tout/rien, plus/moins, avec/sans, avant/après, c'est/ce n'est pas, "
    "j'ai/je n'ai pas, je suis/je ne suis pas, je peux/je ne peux pas, je vais/je ne vais pas, "
    "ça marche/ça ne marche pas, il est/il n'est pas, elle est/elle n'est pas, on peut/on ne peut pas, "
    "je veux/je ne veux pas, tu peux/tu ne peux pas, possible/impossible",
    "es": "sí/no, siempre/nunca, todo/nada, alguien/nadie, más/menos, con/sin, antes/después, "
    "puedo/no puedo, puedes/no puedes, tengo/no tengo, es/no es, está/no está, voy/no voy, hay/no hay, "
    "quiero/no quiero, sé/no sé, fue/no fue, llega/no llega, estoy/no estoy, funciona/no funciona, "
    "vale/no vale, he/no he, posible/imposible",
    "pt": "sim/não, sempre/nunca, tudo/nada, alguém/ninguém, mais/menos, com/sem, antes/depois, "
    "posso/não posso, pode/não pode, tenho/não tenho, está/não está, vou/não vou, tem/não tem, "
    "quero/não quero, sei/não sei, foi/não foi, chega/não chega, estou/não estou, deu/não deu, "
    "consigo/não consigo, possível/impossível",
    "ar": "نعم/لا, أيوه/لأ, دائما/أبدا, قبل/بعد, مع/بدون, ممكن/غير ممكن, أستطيع/لا أستطيع, أعرف/لا أعرف, "
    "موجود/غير موجود, تمام/مش تمام, كل/لا",
    "he": "כן/לא, תמיד/אף פעם, הכול/כלום, לפני/אחרי, עם/בלי, יש/אין, אפשר/אי אפשר, אני/אני לא, זה/זה לא, "
    "יכול/לא יכול, יכולה/לא יכולה, יודע/לא יודע",
    "hi": "हाँ/नहीं, हां/नहीं, है/नहीं है, हैं/नहीं हैं, हमेशा/कभी नहीं, पहले/बाद में, था/नहीं था, थी/नहीं थी, "
    "गया/नहीं गया, सकते/नहीं सकते, सब/कुछ नहीं",
    "ja": "はい/いいえ, うん/ううん, ました/ませんでした, ます/ません, です/ではありません, いつも/一度も, "
    "前/後, ある/ない, いる/いない, できる/できない, 大丈夫/だめ, 多い/少ない",
    "zh": "是/不是, 可以/不可以, 能/不能, 会/不会, 有/没有, 要/不要, 知道/不知道, 好/不好, 行/不行, 前/后, "
    "多/少, 到了/没到, 对/不对",
    "ko": "네/아니요, 응/아니, 있어/없어, 있어요/없어요, 있습니다/없습니다, 돼/안 돼, 돼요/안 돼요, "
    "항상/절대, 전에/후에, 갔어/안 갔어, 했어/안 했어, 했어요/안 했어요, 좋아/싫어, 좋아요/싫어요, 많이/조금",
}
"""What is said, and its opposite; either may stand for the other."""
_UNSPACED = frozenset({"ja", "zh"})
"""Languages that write without spaces, so that a word may begin and end anywhere."""


def negated(draws: Draws, text: str, language: str) -> str | None:
    """Return the text with one of its words turned into the opposite; None where there is no such word."""
    swaps, pattern = _table(language)
    if pattern is None:
        return None
    found = list(pattern.finditer(text))
    if not found:
        return None
    match = draws.choice(found)
    new = swaps[match[0].casefold()]
    if match[0][:1].isupper() and not (new.startswith("I") and language == "en"):
        new = new[:1].upper() + new[1:]
    elif match.start() > 0 and match[0][:1].islower():
        new = new if new.startswith("I") else new[:1].lower() + new[1:]
    return text[: match.start()] + new + text[match.end() :]


@functools.lru_cache(maxsize=16)
def _table(language: str) -> tuple[dict[str, str], re.Pattern[str] | None]:
    swaps: dict[str, str] = {}
    for entry in _SWAPS.get(language, "").split(", "):
        plain, slash, other = entry.partition("/")
        if slash:
            swaps.setdefault(plain.casefold(), other)
            swaps.setdefault(other.casefold(), plain)
    if not swaps:
        return swaps, None
    longest = sorted(swaps, key=lambda word: (-len(word), word))
    words = "|".join(re.escape(word) for word in longest)
    if language in _UNSPACED:
        return swaps, re.compile(words)
    return swaps, re.compile(rf"(?<![\w'\u2019])(?:{words})(?![\w'\u2019])", re.IGNORECASE)
