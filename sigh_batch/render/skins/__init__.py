"""The looks of chat clients, one file each; none copies a product's name, logo or exact colours."""

from __future__ import annotations

from typing import Any

from sigh_batch.registry import Registry

skins: Registry[Any] = Registry(
    "skin",
    {
        "support": "sigh_batch.render.skins.support",
        "plain": "sigh_batch.render.skins.plain",
        "workplace": "sigh_batch.render.skins.workplace",
        "crowd": "sigh_batch.render.skins.crowd",
        "modern": "sigh_batch.render.skins.modern",
        "server": "sigh_batch.render.skins.server",
        "bubbles": "sigh_batch.render.skins.bubbles",
        "sms": "sigh_batch.render.skins.sms",
    },
)
"""Every skin, an instance of `base.Skin`."""
