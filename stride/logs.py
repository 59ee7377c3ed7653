"""How a log line looks: one event, its values as key=value, the run's id where there is one."""

from typing import Any

import structlog

# Structlog's own choice prints the local variables of every frame: passwords and sessions among them.
_render = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def renderer(logger: Any, name: str, event: dict[str, Any]) -> str:
    """Render one structured event as one line of text (tracebacks follow it)."""
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return str(_render(logger, name, event))


def configure() -> None:
    """Send structlog's events through the standard library's logging, once per process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
