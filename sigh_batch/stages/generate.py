"""Drawing screenshots: index -> a conversation nobody had, as some client would show it.

Everything about the device and the look is drawn before the conversation, so that no property of
the file depends on what is said.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from sigh_batch.config.generate import FormConfig
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Json, Sample
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.render.avatars import Avatars, list_pictures
from sigh_batch.render.encode import mask_png, png
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.render.page import Page, Sheet
from sigh_batch.render.painter import TextMode, painters
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import described
from sigh_batch.render.stamps import Stamps
from sigh_batch.render.typeset import Typesetter
from sigh_batch.rng import Draws, for_sample
from sigh_batch.scene.compose import compose, used_splits
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.corpus import own_lines
from sigh_batch.scene.locale import locale, locale_names
from sigh_batch.scene.pools import SPLITS, divide
from sigh_batch.stages import stages
from sigh_batch.stages.glyphs import CHOICES, divided_families, draw_mode
from sigh_batch.stages.shares import held_families, held_out

_THEMES = ("light", "dark")
_DEVICE_SAMPLES = 32
"""So many neighbouring samples are taken on one phone, and on one computer."""
_SIZES = {"phone": (15.0, 16.0, 16.0, 17.0), "desktop": (14.0, 15.0, 15.0, 16.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What a screenshot is taken on."""

    form: str
    width: int
    height: int
    """Width and height of the window in logical pixels."""
    scale: float
    family: str
    size: float
    mode: TextMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that one screenshot shows, before anything of it is drawn."""

    split: str
    skin: str
    theme: str
    device: Device
    look: Any
    """As `skin` designed it."""
    conversation: Conversation

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in device pixels."""
        device = self.device
        return round(device.width * device.scale), round(device.height * device.scale)


class Generate:
    """Makes screenshots; every sample is a function of the settings and its index."""

    def __init__(self, settings: Settings) -> None:
        config = settings.generate
        self._seed = settings.seed
        self._config = config
        _check_names("skin", config.skins, skins.names())
        _check_names("theme", config.themes, _THEMES)
        _check_names("locale", config.locales, locale_names())
        for name, choices in CHOICES.items():
            _check_names(name, getattr(config.text, name), choices)
        self._splits = used_splits(config.splits)
        if config.conversation.corpus:
            own_lines(config.conversation.corpus, self._splits)
        pictures = list_pictures(config.avatar_folder) if config.avatar_folder else ()
        shares = divide(path.name for path in pictures)
        self._pictures = {
            split: tuple(path for path in pictures if path.name in shares[split]) for split in SPLITS
        }
        catalogue = open_catalogue(config.font_folder)
        known = catalogue.families()
        names = known if config.fonts == "all" else tuple(config.fonts)
        _check_names("font family", names, known)
        held, where = config.hold_out, "generate.hold_out"
        self._skins = held_out("skin", config.skins, held.skins, f"{where}.skins")
        self._locales = held_out("locale", config.locales, held.locales, f"{where}.locales")
        families = divided_families(catalogue, names)
        self._families = held_families(families, held.fonts, f"{where}.fonts")
        self._typesetter = Typesetter(catalogue)
        self._devices: dict[tuple[str, str, int], Device] = {}
        self._painter = painters.get(config.painter)()
        self._stamps = Stamps(painters.get(config.painter)())

    def id_of(self, index: int) -> str:
        """Return the id of a sample: its index, and a hash that differs from seed to seed."""
        told = hashlib.blake2b(f"{self._seed}/generate/{index}".encode(), digest_size=4)
        return f"{index:08d}-{told.hexdigest()}"

    def make(self, index: int) -> Sample:
        """Draw one screenshot.

        Raises MissingGlyph when no font has a character of the user's own text.
        """
        scene = self.scene(index)
        page = self.paint(scene)
        identity, (width, height) = self.id_of(index), scene.size
        return Sample(
            id=identity,
            index=index,
            seed=self._seed,
            stage="generate",
            group=identity,
            pair=identity,
            split=scene.split,
            label=0,
            format=self._config.format,
            width=width,
            height=height,
            image=png(page.canvas.rgba()),
            mask=_empty_mask(width, height),
            encodes=({"codec": "png", "width": width, "height": height},),
            skin=scene.skin,
            theme=scene.theme,
            scale=scene.device.scale,
            font=scene.device.family,
            locale=scene.conversation.locale,
            elements=tuple(page.elements),
            drawn=_told(scene.device, scene.look, scene.conversation),
        )

    def scene(self, index: int) -> Scene:
        """Return what sample `index` shows."""
        config = self._config
        draws = for_sample(self._seed, "generate", index)
        split = _pick(draws, config.splits.model_dump())
        skin_name = _pick(draws, self._skins[split])
        skin = skins.get(skin_name)
        theme = _pick(draws, config.themes)
        code = _pick(draws, self._locales[split])
        device = self._draw_device(draws.fork("window"), index, skin.forms, split)
        group = _draw_group(draws, skin.groups, config.conversation.groups)
        pictures = bool(self._pictures[split])
        look = skin.design(draws.fork("look"), theme == "dark", device.form, pictures)
        conversation = compose(
            draws.fork("conversation"),
            config.conversation,
            identity=self.id_of(index),
            code=code,
            split=split,
            group=group,
            count=self._draw_count(draws, device.height / skin.row),
            splits=self._splits,
            service=skin.service,
        )
        return Scene(
            split=split, skin=skin_name, theme=theme, device=device, look=look, conversation=conversation
        )

    def paint(self, scene: Scene) -> Page:
        """Return the page as the client draws it: its canvas, and where everything is.

        Raises MissingGlyph when no font has a character of it.
        """
        device, look = scene.device, scene.look
        here = locale(scene.conversation.locale)
        width, height = scene.size
        sheet = Sheet(
            width=width,
            height=height,
            scale=device.scale,
            family=device.family,
            size=device.size,
            rtl=here.direction == "rtl",
            mode=device.mode,
        )
        canvas = self._painter.begin(width, height, look.palette.ground, device.mode)
        page = Page(canvas, self._typesetter, self._stamps, sheet)
        avatars = Avatars(look.avatars, self._pictures[scene.split])
        skins.get(scene.skin).paint(page, scene.conversation, here, look, avatars)
        return page

    def _draw_device(self, window: Draws, index: int, forms: tuple[str, ...], split: str) -> Device:
        """Return the device that takes the screenshot; only its window is this sample's own."""
        config = self._config
        known: dict[str, FormConfig] = {form: getattr(config, form) for form in forms}
        weights = {form: entry.weight for form, entry in known.items()}
        form = _pick(window, weights) if sum(weights.values()) > 0 else forms[0]
        entry = known[form]
        return replace(
            self._shared_device(form, split, index // _DEVICE_SAMPLES),
            width=window.integer(entry.width.min, entry.width.max),
            height=window.integer(entry.height.min, entry.height.max),
        )

    def _shared_device(self, form: str, split: str, block: int) -> Device:
        """Return the device of some neighbouring samples.

        They share one, so that a rasteriser finds its glyphs again: drawn anew for every picture
        they would cost more than all the rest.
        """
        key = (form, split, block)
        if key not in self._devices:
            config = self._config
            draws = for_sample(self._seed, f"generate/device/{form}/{split}", block)
            scale = float(_pick(draws, getattr(config, form).scales))
            names, shares = self._families[split]
            if len(self._devices) > 64:
                self._devices.clear()
            self._devices[key] = Device(
                form=form,
                width=0,
                height=0,
                scale=scale,
                family=draws.weighted(names, shares),
                size=draws.choice(_SIZES[form]),
                mode=draw_mode(draws, config.text, form, scale),
            )
        return self._devices[key]

    def _draw_count(self, draws: Draws, capacity: float) -> int:
        config = self._config.conversation
        enough = int(capacity * 1.25) + 2
        if draws.chance(config.full):
            return min(max(enough, config.messages.min), config.messages.max)
        return draws.integer(config.messages.min, max(config.messages.min, min(config.messages.max, enough)))


@stages.register("generate")
def open_generate(spec: RunSpec) -> Generate:
    """Return the stage of a run."""
    return Generate(spec.settings)


def _draw_group(draws: Draws, groups: tuple[bool, ...], share: float) -> bool:
    drawn = draws.chance(share)
    return drawn if len(groups) > 1 else groups[0]


def _check_names(what: str, wanted: Any, known: tuple[str, ...]) -> None:
    if not wanted:
        raise ConfigError(f"no {what} to draw from; known: {', '.join(known)}")
    for name in wanted:
        if name not in known:
            raise UnknownName(what, name, known)


def _pick(draws: Draws, weights: dict[str, float]) -> str:
    return draws.weighted(list(weights), list(weights.values()))


def _told(device: Device, look: Any, conversation: Any) -> Json:
    """Return what was drawn, as plain values."""
    palette = look.palette
    colors = {
        name: "#{:02x}{:02x}{:02x}".format(*getattr(palette, name))
        for name in ("ground", "bar", "text", "accent")
    }
    return {
        "form": device.form,
        "text": asdict(device.mode),
        "look": {
            **described(look),
            **colors,
            "status": look.phone.status,
            "avatars": list(look.avatars.kinds),
        },
        "topic": conversation.topic,
        "group": conversation.group,
        "people": len(conversation.people),
        "messages": len(conversation.messages),
        "now": conversation.now.isoformat(timespec="seconds"),
    }


@functools.lru_cache(maxsize=256)
def _empty_mask(width: int, height: int) -> bytes:
    return mask_png(np.zeros((height, width), np.uint8))
