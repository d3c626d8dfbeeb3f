"""The looks of chat clients, one file each; none copies a product's name, logo or exact colours."""

from __future__ import annotations

from typing import Any

from sigh_batch.registry import Registry

skins: Registry[Any] = Registry(
    "skin",
    {
        "server": "sigh_batch.render.skins.server",
        "bubbles": "sigh_batch.render.skins.bubbles",
        "sms": "sigh_batch.render.skins.sms",
        "modern": "sigh_batch.render.skins.modern",
        "crowd": "sigh_batch.render.skins.crowd",
        "workplace": "sigh_batch.render.skins.workplace",
        "support": "sigh_batch.render.skins.support",
        "stream": "sigh_batch.render.skins.stream",
        "plain": "sigh_batch.render.skins.plain",
    },
)
"""Every skin, an instance of `base.Skin`."""
