"""`sigh submit`: every kind of run with its own options, carried out on a cluster."""

from __future__ import annotations

import copy
import importlib
import inspect
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from sigh_batch.cli.clusters import place_options, tell_changes
from sigh_batch.cli.elsewhere import Elsewhere
from sigh_batch.cli.made import SHARDED, check_samples
from sigh_batch.cli.options import settings_of, with_options
from sigh_batch.config.kubernetes import KubernetesConfig
from sigh_batch.config.resolve import leaves
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import ConfigError, Interrupted, UnknownName

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.cluster import Cluster
    from sigh_batch.runners.kubernetes.objects import Object
    from sigh_batch.runners.kubernetes.submission import Submission

WHOLE = ("train", "tune", "evaluate", "audit", "report")
"""Kinds whose pods run the command that a user would type: one pod, and of a study some that share it."""
OF_THIS_MACHINE = {"dry_run": False, "workers": None, "progress": None}
"""Options of a sharded kind that say nothing to a cluster, and what they are then."""
PLACE_OF_TRIALS = {"ray"}
"""Options of a study that its pods settle among themselves."""
HOW = {"files", "sets", "dry_run", "as_json", "quiet", "progress"}
"""Parameters of a whole kind that are no words of its command: settings are written out."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a run is to be sent, and what is done after that."""

    dry_run: str | None
    output: str | None
    wait: bool
    follow: bool
    timeout: float | None
    as_json: bool
    quiet: bool

    def send(self, submission: Submission, settings: Settings) -> None:
        """Print the run's objects, or send them and wait as far as that is asked for."""
        from sigh_batch.runners.kubernetes import runs
        from sigh_batch.runners.kubernetes.cluster import Cluster
        from sigh_batch.runners.kubernetes.render import render

        if self.dry_run == "client":
            _print(render(submission), self.output or "yaml")
            return
        cluster = Cluster.connect(submission.settings)
        objects = runs.submit(cluster, submission, dry_run=self.dry_run == "server")
        if self.dry_run or self.output:
            _print(objects, self.output or "yaml")
        if self.dry_run:
            return
        if not self.output:
            self._tell(cluster, submission)
        if not self.quiet:
            self._talk(cluster, submission)
        if self.wait or self.follow:
            self._stay(cluster, submission.name, settings)

    def _tell(self, cluster: Cluster, submission: Submission) -> None:
        facts = {
            "run": submission.name,
            "namespace": cluster.namespace,
            "pods": submission.pods,
            "out": submission.out,
        }
        click.echo(json.dumps(facts) if self.as_json else submission.name)

    def _talk(self, cluster: Cluster, submission: Submission) -> None:
        pods = "1 pod" if submission.pods == 1 else f"{submission.pods:,} pods"
        click.echo(
            f"{submission.name} is in namespace {cluster.namespace}: {pods}, into {submission.out}; "
            f"`sigh status {submission.name}` tells how it goes",
            err=True,
        )

    def _stay(self, cluster: Cluster, name: str, settings: Settings) -> None:
        from sigh_batch.cli.logs import follow_logs
        from sigh_batch.runners.kubernetes import runs

        try:
            if self.follow:
                follow_logs(cluster, name)
            status = runs.wait(cluster, name, timeout=self.timeout, watch=tell_changes(self.quiet))
            check_samples(status, settings, quiet=self.quiet)
        except KeyboardInterrupt:
            raise Interrupted(f"the run goes on without you; `sigh wait {name}` waits for it again") from None


_order_options = with_options(
    click.option("--name", help="Name of the run; made of its settings unless given."),
    click.option("--image", help="Image of the pods."),
    click.option("--pods", type=int, help="How many pods the shards are dealt to; one a shard unless given."),
    click.option("--parallelism", type=int, help="How many pods work at once."),
    click.option("--queue", help="LocalQueue of Kueue that admits the run."),
    click.option(
        "--dry-run",
        is_flag=False,
        flag_value="client",
        type=click.Choice(("client", "server")),
        help="Print what would be sent (client), or let the cluster check it (server).",
    ),
    click.option("-o", "--output", type=click.Choice(("yaml", "json", "name")), help="Print the objects so."),
    click.option("-w", "--wait", is_flag=True, help="Wait for the end, and end as `sigh wait` does."),
    click.option("--follow", is_flag=True, help="Print what the pods say until the end; implies --wait."),
    click.option("--timeout", type=float, metavar="SECONDS", help="Longest time to wait."),
    place_options,
)
"""What says how a cluster carries out a run."""


@_order_options
def _no_command() -> None:
    """Carry the options that every kind gets."""


ORDER_PARAMS: list[click.Parameter] = list(reversed(_no_command.__click_params__))
PLACED = ("name", "image", "pods", "parallelism", "queue", "namespace", "context")
"""Options that are settings of the section kubernetes."""


class Kinds(click.Group):
    """The kinds of runs, with the options of their own commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the kinds that there are."""
        from sigh_batch.cli import VERBS

        return [kind for kind in (*SHARDED, *WHOLE) if kind in VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the kind's own command, made to submit."""
        if cmd_name not in self.list_commands(ctx):
            return None
        original = importlib.import_module(f"sigh_batch.cli.{cmd_name}").command
        return _submitting(original, _sharded if cmd_name in SHARDED else _whole)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the kind, or say which one is the nearest."""
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            raise UnknownName(
                "kind of run", args[0], self.list_commands(ctx), hint="see `sigh submit --help`"
            )
        return super().resolve_command(ctx, args)


@click.command("submit", cls=Kinds)
def command() -> None:
    """Carry out a run on a Kubernetes cluster, with the options of its kind.

    The same settings make the same bytes as here. Given again, a run that is there already is not sent twice.
    What its Job asks for is in the section kubernetes of the settings.

    \b
      sigh submit generate --out s3://bucket/ds --count 100000 --shards 200 --follow
      sigh submit generate --out s3://bucket/ds --dry-run -o yaml | kubectl apply -f -
      sigh submit train --data s3://bucket/forged --out s3://bucket/model --set kubernetes.gpus=1
    """


Submit = Callable[[click.Command, Order, dict[str, Any]], None]


def _submitting(original: click.Command, submit: Submit) -> click.Command:
    """Return a kind's command with the options of an order, which sends the run in place of doing it."""
    # A study's verb has others below it, which a cluster carries out none of.
    group = isinstance(original, click.Group)
    made = click.Command(original.name) if group else copy.copy(original)
    own = {param.name for param in ORDER_PARAMS} | OF_THIS_MACHINE.keys() | PLACE_OF_TRIALS
    dropped = own if submit is _sharded else own - {"workers"}
    made.params = [*(param for param in original.params if param.name not in dropped), *ORDER_PARAMS]
    # The examples in the help are of the kind's own verb.
    summary = inspect.cleandoc(original.help or "").partition("\b")[0].rstrip()
    made.help = f"{summary}\n\nOn a cluster; `sigh {original.name} --help` has examples."

    def callback(**given: Any) -> None:
        placed = {name: given.pop(name) for name in PLACED}
        given["sets"] += tuple(
            f"kubernetes.{name}={json.dumps(value)}" for name, value in placed.items() if value is not None
        )
        fields = ("dry_run", "output", "wait", "follow", "timeout")
        taken = {name: given.pop(name) for name in fields}
        order = Order(**taken, as_json=given["as_json"], quiet=given["quiet"])
        submit(original, order, given)

    made.callback = callback
    return made


def _sharded(original: click.Command, order: Order, given: dict[str, Any]) -> None:
    """Let the kind's own command make the spec, and send that."""

    def send(spec: RunSpec) -> None:
        from sigh_batch.runners.kubernetes.submission import of_spec

        order.send(of_spec(spec), spec.settings)

    click.get_current_context().obj = Elsewhere(send, only_shown=order.dry_run is not None)
    assert original.callback is not None
    here = {
        param.name: OF_THIS_MACHINE[param.name] for param in original.params if param.name in OF_THIS_MACHINE
    }
    original.callback(**given, **here)


def _whole(original: click.Command, order: Order, given: dict[str, Any]) -> None:
    """Send the command itself, its settings written out."""
    from sigh_batch.runners.kubernetes.submission import of_command, of_study

    settings = settings_of(given["files"], given["sets"]).settings
    words: list[str] = []
    urls: list[str] = []
    for param in original.params:
        value = given.get(param.name or "")
        if param.name in HOW or value is None or value is False or value == ():
            continue
        values = value if isinstance(value, tuple) else (value,)
        urls += _places(param, values)
        for text in values:
            words += _words(param, text)
    for path, value in _settings_of_pods(settings):
        words += ["--set", f"{'.'.join(path)}={json.dumps(value, ensure_ascii=False)}"]
    out = given.get("out") or (urls[0] if urls else "")
    if original.name == "tune":
        operator = _has_operator(settings.kubernetes, asked=order.dry_run != "client")
        order.send(of_study(words, urls, out, settings, operator=operator), settings)
    else:
        order.send(of_command(str(original.name), words, urls, out, settings), settings)


def _has_operator(config: KubernetesConfig, *, asked: bool) -> bool:
    """Return whether KubeRay looks after a study: as the settings say, or as the cluster does that is asked.

    Raises ConfigError when it should and the cluster does not have it.
    """
    from sigh_batch.runners.kubernetes.cluster import Cluster
    from sigh_batch.runners.kubernetes.objects import RAY_API, RAY_JOB

    wanted = config.study_as == RAY_JOB
    if config.pods in (None, 1) or config.study_as == "Job" or not asked:
        return wanted
    there = Cluster.connect(config).serves(RAY_API)
    if wanted and not there:
        raise ConfigError(
            f"kubernetes.study_as is {RAY_JOB}, and the cluster has no KubeRay ({RAY_API}); "
            "install its operator, or leave the setting out"
        )
    return there


def _places(param: click.Parameter, values: Sequence[str]) -> list[str]:
    """Return those of an option's values that are places, and no names that mean the same in every pod."""
    from sigh_batch.data.trained import DEFAULT_NAME
    from sigh_batch.training.naming import is_model_url

    shown = param.make_metavar(click.get_current_context()) or ""
    if "--model" in param.opts:
        a_url = is_model_url if "NAME" in shown else bool
        return [value for value in values if a_url(value) and value != DEFAULT_NAME]
    return list(values) if "URL" in shown else []


def _words(param: click.Parameter, value: Any) -> list[str]:
    if isinstance(param, click.Argument):
        return [str(value)]
    name = max(param.opts, key=len)
    return [name] if value is True else [name, str(value)]


def _settings_of_pods(settings: Settings) -> list[tuple[tuple[str, ...], Any]]:
    """Return every setting that is no default, but for those of the cluster."""
    sections = {"kubernetes"}
    defaults = dict(leaves(Settings().model_dump(mode="json", exclude=sections)))
    dumped = settings.model_dump(mode="json", exclude=sections)
    changed = [(path, value) for path, value in leaves(dumped) if defaults.get(path) != value]
    short = settings.model_dump(mode="json", exclude_defaults=True)
    return list(dict(_settable(short, *leaf) for leaf in changed).items())


def _settable(short: dict[str, Any], path: tuple[str, ...], value: Any) -> tuple[tuple[str, ...], Any]:
    """Return the path and value for --set, where a name with a dot can stand in a value and in no path."""
    dotted = next((place for place, part in enumerate(path) if "." in part), None)
    if dotted is None:
        return path, value
    here: Any = short
    for part in path[:dotted]:
        here = here[part]
    return path[:dotted], here


def _print(objects: list[Object], output: str) -> None:
    if output == "json":
        click.echo(
            json.dumps(
                objects[0] if len(objects) == 1 else {"apiVersion": "v1", "kind": "List", "items": objects}
            )
        )
    elif output == "yaml":
        import yaml

        click.echo(yaml.safe_dump_all(objects, sort_keys=False, allow_unicode=True, width=100).rstrip())
    else:
        for body in objects:
            group = str(body["apiVersion"]).partition("/")[0]
            click.echo(f"{body['kind'].lower()}.{group}/{body['metadata']['name']}")
