"""What an audit looks at, and from which value on it fails."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sigh_batch.config.base import Config

Chance = Annotated[float, Field(ge=0.5, le=1)]


class AuditConfig(Config):
    """How a set is searched for what gives its labels away."""

    pictures: Annotated[int, Field(ge=4)] = 8000
    """Largest number of pictures that are opened, in whole pairs spread evenly over the set; every row of the
    manifest is read in any case."""
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    """Parts of the cross-validation; a pair is never divided between them."""
    resamples: Annotated[int, Field(ge=20)] = 500
    """Resamples of the pairs for the interval of each AUC."""
    metadata_auc: Chance = 0.55
    """Largest AUC of a boosted tree that sees what a file says of itself: size, codec, tables, chunks."""
    bytes_auc: Chance = 0.55
    """Largest AUC of a boosted tree that sees how often each byte value occurs in a file."""
    likeness: Annotated[float, Field(gt=0, le=1)] = 0.97
    """Two pictures of different splits that are at least so alike (1 is equal) are near-duplicates."""
    shared_names: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Largest share of the names of authors in one split that occur in another; a few are words that many
    people keep their contacts under, such as Mum or Landlord."""
    shared_fonts: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Largest share of the font families of one split that occur in another."""
