"""The column beside a community's channel: its name, its channels, and who is signed in."""

from __future__ import annotations

from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import mix, oklch, readable, text_on
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import Locale


def paint_sidebar(
    page: Page,
    palette: Palette,
    avatars: Avatars,
    conversation: Conversation,
    here: Locale,
    *,
    width: int,
    top: int,
    head: int,
) -> None:
    """Draw the column from `top`; `head` is the height of its top line."""
    px = page.px
    shade = (0, 0, 0) if palette.dark else (30, 34, 60)
    ground = mix(palette.ground, shade, 0.22 if palette.dark else 0.045)
    page.box(0, 0, width, page.height, ground)
    title = page.set(
        conversation.community,
        page.style(page.sizes.body, 600, 1.3),
        width - px(54),
        lines=1,
        direction="auto",
    )
    page.label("header", title, px(16), top + round((head - title.height) / 2), palette.text)
    page.icon("down", width - px(32), top + (head - px(18)) // 2, px(18), palette.text, 2.2)
    page.box(0, top + head - page.hair, width, page.hair, palette.line)
    foot = px(54)
    _channels(page, palette, conversation, ground, width, top + head + px(12), page.height - foot)
    y = page.height - foot
    me = conversation.people[conversation.owner]
    strip = mix(ground, shade, 0.16 if palette.dark else 0.04)
    page.box(0, y, width, foot, strip)
    avatars.draw(page, me, px(10), y + (foot - px(32)) // 2, px(32))
    name = page.set(
        me.name, page.style(page.sizes.label, 600, 1.3), width - px(112), lines=1, direction="auto"
    )
    state = page.set(here.word("online"), page.style(page.sizes.small, 400, 1.3), width - px(112), lines=1)
    at = y + round((foot - name.height - state.height) / 2)
    page.label(
        "author",
        name,
        px(50),
        at,
        readable(0.95 if palette.dark else 0.25, 0.0, 0.0, strip, 4.5),
        value=me.id,
    )
    page.text(state, px(50), at + round(name.height), palette.secondary(strip))
    for place, icon in enumerate(("mic", "speaker")):
        page.icon(
            icon, width - px(58) + place * px(28), y + (foot - px(18)) // 2, px(18), palette.secondary(strip)
        )


def _channels(
    page: Page,
    palette: Palette,
    conversation: Conversation,
    ground: tuple[int, int, int],
    width: int,
    top: int,
    bottom: int,
) -> None:
    px = page.px
    row = px(33)
    dim, bright = palette.secondary(ground), readable(0.95 if palette.dark else 0.25, 0.0, 0.0, ground, 7.0)
    seed = conversation.people[0].avatar
    for place, channel in enumerate(conversation.channels):
        y = top + place * row
        if y + row > bottom:
            break
        here, unread = channel == conversation.channel, (seed >> place) % 4 == 0
        if here:
            page.box(px(8), y, width - px(16), row - px(2), mix(ground, palette.text, 0.12), px(5))
        ink = bright if here or unread else dim
        page.icon("hash", px(16), y + (row - px(19)) // 2, px(18), dim, 2.0)
        name = page.set(
            channel, page.style(page.sizes.body, 600 if unread else 400, 1.3), width - px(84), lines=1
        )
        page.text(name, px(42), y + round((row - px(2) - name.height) / 2), ink)
        if unread and not here and (seed >> place) % 8 == 0:
            badge = oklch(0.58, 0.2, 0.07)
            count = page.set(str(1 + (seed >> (place + 3)) % 9), page.style(page.sizes.small, 600, 1.2))
            page.box(width - px(34), y + (row - px(18)) // 2, px(18), px(16), badge, px(8))
            x = width - px(25) - count.width / 2
            page.text(
                count, x, y + (row - px(18)) // 2 + round((px(16) - count.height) / 2), text_on(badge, 3)
            )
