"""``screener serve``: the page."""

from __future__ import annotations

import click

from screener.cli.common import App, db_option, say


@click.command()
@click.option("--host", help="Interface to listen on (default: [web] host, 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port (default: [web] port, 8001; 0 takes a free one).")
@click.option(
    "--password",
    "ask",
    is_flag=True,
    help="Ask for a password now; needed for any interface but loopback, unless [web] password is set.",
)
@db_option
@click.pass_obj
def command(app: App, host: str | None, port: int | None, ask: bool, db: str | None) -> None:
    """The page: today's list, tickers, calendar, feeds, rules, search, and every table as HTML, JSON and CSV.

    It only reads, works offline, and follows a `screener run --watch` in another terminal.

    \b
    Example:
      screener serve
      screener serve --host 0.0.0.0 --password --db demo.db
    """
    from screener.outputs.brief import day_brief
    from screener.web.serving import serve

    web = app.settings.web
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else web.password
    serve(
        app.settings,
        app.path(db),
        host=host or web.host,
        port=web.port if port is None else port,
        password=password,
        say=say,
        brief=day_brief,
    )
