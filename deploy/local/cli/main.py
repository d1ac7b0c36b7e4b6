"""`meu`: run the system, look into it, mend it."""

import httpx
import typer
from kafka.errors import KafkaError
from redis.exceptions import RedisError

from deploy.local.cli import audit, demo, dlq, problem, registry, status, topics

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals hold keys
    help="Minimum emergency units: run and look after the platform.",
)
app.command("demo")(demo.demo)
app.command("up")(demo.up)
app.command("status")(status.status)
app.command("rebuild")(status.rebuild)
app.command("import")(registry.import_file)
app.command("token")(registry.token)
app.add_typer(topics.app, name="topics")
app.add_typer(audit.app, name="audit")
app.add_typer(dlq.app, name="dlq")


def main() -> None:
    """The program."""
    try:
        app()
    except (KafkaError, RedisError, httpx.TransportError) as error:
        problem(f"The system does not answer: {type(error).__name__}: {error}")
        raise SystemExit(1) from None
