"""The service on show: embedded defaults, a post office instead of the internet, a chat platform of our own."""

from pathlib import Path

from rich.console import Console


def run_demo(directory: Path, zone: Path | None, *, once: bool, console: Console) -> int:
    """Run the demo in a folder until Ctrl-C, or with `once` until the cast is done; return the exit code.

    `zone` stands in for the DNS. A `customers.csv` in the folder is imported as the directory of customers.
    """
    from bot.demo.show import run  # noqa: PLC0415 - heavy, and the chat platform beside it also runs without the service

    return run(directory, zone, once=once, console=console)
