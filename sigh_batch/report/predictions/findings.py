"""All that a report says of a batch as a whole: read in a few passes, told by the page and by files alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sigh_batch.errors import ConfigError
from sigh_batch.evaluation.document import Evaluated, Evaluation
from sigh_batch.report.predictions.comparison import Comparison, compare_models, labelled_scores
from sigh_batch.report.predictions.rates import Rates, rate_scores, rate_verdicts
from sigh_batch.report.predictions.reach import Reach, known_pixel, known_reaches
from sigh_batch.report.predictions.subject import Subject, find_subject
from sigh_batch.report.predictions.table import PredictionTable
from sigh_batch.report.predictions.tally import VERDICTS, Tally, count_rows
from sigh_batch.store import Store


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found over all rows, and the evaluation that belongs to them."""

    url: str
    """Where the predictions lie."""
    rows: int
    sha256: str
    """Hash of predictions.parquet."""
    subject: Subject
    tally: Tally
    rates: Rates | None
    """None without labels of both classes."""
    comparison: Comparison | None
    """None of a single model."""
    evaluation: Evaluation | None
    evaluation_url: str | None
    reaches: tuple[Reach, ...] = ()
    """How much each model is known to find."""
    pixel: float = 0.5
    """The probability from which on a pixel counts as changed; the mean of several models'."""
    model_rates: dict[str, dict[str, float]] = field(default_factory=dict)
    """The numbers of every single model, where there are several and labels."""

    @property
    def pictures(self) -> int:
        """How many pictures there are, failed ones with them."""
        return self.tally.pictures

    @property
    def failed(self) -> int:
        """How many could not be read or scored."""
        return sum(self.tally.errors.values())

    @property
    def evaluated(self) -> Evaluated | None:
        """The evaluation of the model that the report is about."""
        return self.evaluation.models[0] if self.evaluation and self.evaluation.models else None

    def share(self, verdict: str) -> float:
        """Return the share of the pictures that have a verdict."""
        return self.tally.verdicts[verdict] / self.pictures if self.pictures else 0.0

    @cached_property
    def numbers(self) -> dict[str, float | None]:
        """Every number by its name: what `--fail-on` may ask for, and what report.json holds.

        A number of an evaluation goes before one that is had from the rows.
        """
        found: dict[str, float | None] = {
            "pictures": self.pictures,
            "failed_files": self.failed,
            "failed_share": self.failed / self.pictures if self.pictures else 0.0,
        }
        for name in VERDICTS[:3]:
            found[name] = self.tally.verdicts[name]
            found[f"{name}_share"] = self.share(name)
        if self.comparison and self.comparison.pairs:
            agreements = [pair.agreement for pair in self.comparison.pairs if pair.agreement is not None]
            found["least_agreement"] = min(agreements, default=None)
        if self.subject.labelled:
            found |= rate_verdicts(self.tally.outcomes)
        if self.rates:
            found |= self.rates.numbers
        if self.evaluated and self.evaluation:
            found |= {name: value.value for name, value in self.evaluated.metrics.items()}
            for name, value in self.evaluated.scene_depth.items():
                found[f"scene_depth.{name}"] = value.value
            found["targets_missed"] = sum(not target.met for target in self.evaluation.targets)
        return found


def find(
    store: Store, evaluation: Evaluation | None, evaluation_url: str | None, room: int
) -> tuple[PredictionTable, Findings]:
    """Read the predictions of a store; `room` is how many pictures a page may show.

    Raises NotFound where there are none, ConfigError for an evaluation of another model.
    """
    table = PredictionTable(store)
    subject = find_subject(table)
    _check_same(subject, evaluation, evaluation_url)
    tally = count_rows(table, subject, room)
    comparison = compare_models(table, subject, room)
    singles = comparison.opinions if comparison else ()
    single_rates = {one.model: rate_scores(*labelled_scores(one)) for one in singles}
    rates = rate_scores(tally.scores, tally.forged)
    order = rates.numbers["auc"] if rates else None
    return table, Findings(
        url=store.url,
        rows=len(table),
        sha256=table.sha256,
        subject=subject,
        tally=tally,
        rates=rates,
        comparison=comparison,
        evaluation=evaluation,
        evaluation_url=evaluation_url,
        reaches=known_reaches(store, subject, tally.outcomes, order, evaluation),
        pixel=known_pixel(store, evaluation),
        model_rates={name: rates.numbers for name, rates in single_rates.items() if rates},
    )


def _check_same(subject: Subject, evaluation: Evaluation | None, url: str | None) -> None:
    """Raise ConfigError where an evaluation says nothing of the predictions: it is of other weights."""
    if evaluation is None or not evaluation.models:
        return
    about = [subject.model] if subject.model else subject.models
    known = {subject.hashes[name]: name for name in about if name in subject.hashes}
    first = evaluation.models[0]
    if known and first.model_sha256 and first.model_sha256 not in known:
        said = " and ".join(f"{name} ({sha256[:12]})" for sha256, name in known.items())
        raise ConfigError(
            f"the evaluation in {url} is of the model {first.model} ({first.model_sha256[:12]}), and the "
            f"predictions are by {said}; name an evaluation of that model by --evaluation"
        )
