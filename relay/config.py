"""The relay's settings, read once from ``config.toml`` in its root folder."""

import re
from dataclasses import dataclass
from pathlib import Path

from sync import faults
from sync.config import BROKER_SETTINGS, Broker, Secrets, Settings, broker, read
from sync.errors import ConfigError
from sync.outbox import Retry

CHAT_STATUS_WAIT_S = 20.0
MONTHLY_MESSAGES_WARNING = 1000
"""As many as are said to be free each month for each number."""
MESSAGE_PRICE_INR = 0.115
"""India's utility rate of January 2026."""
WEBHOOK_SILENCE_H = 12
MEDIA_HOSTS = "lookaside.fbsbx.com"
"""Where Meta has the files that people send."""
MEDIA_MB_PER_DAY = 20_000
"""14 days of it, as long as a relay may have to keep files, are 280 GB; in a second it is a quarter of a MB."""
URGENT_PER_HOUR, WRONG_RECEIPTS_PER_HOUR = 20, 1000
_HOST = re.compile(r"(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)+")
SECRETS = ("app_secret", "verify_token", "graph_token", "broker_password")
"""Each lies in ``secrets/<name>``, for those processes alone that need it: no setting, and never in config.toml."""
KEYS = frozenset(
    [
        "node_id",
        "role",
        *(BROKER_SETTINGS - set(SECRETS)),
        "fault_point",
        "retry_base_s",
        "retry_cap_s",
        "hello_every_s",
        "listen",
        "graph_url",
        "graph_version",
        "phone_number_id",
        "display_number",
        "runtime_dir",
        "epoch_store",
        "epoch_store_wrap",
        "undo_s",
        "jitter_max_s",
        "reply_delay_min_s",
        "reply_delay_max_s",
        "quiet_hours",
        "settled_every_s",
        "file_wait_s",
        "album_quiet_s",
        "update_template",
        "chat_status_wait_s",
        "monthly_messages_warning",
        "message_price_inr",
        "webhook_silence_h",
        "platform_confirmed",
        "duty_phone_number_id",
        "duty_template",
        "media_hosts",
        "media_mb_per_day",
        "urgent_per_hour",
        "wrong_receipts_per_hour",
    ]
)


@dataclass(frozen=True)
class RelayConfig:
    """Every setting of a relay; times in seconds. ``quiet_hours``: (from, to) in IST hours, or None.

    ``secrets``: SECRETS, each read from its file when asked for. ``broker`` is without its password.
    ``epoch_store_wrap``: "none", or "tpm" for a store whose keys only this machine's TPM opens.
    ``update_template``: approved in hi and en, without parameters, with one quick-reply button that shows the news.
    ``chat_status_wait_s``: how long a status has to settle whether a message went before it is sent again.
    ``album_quiet_s``: how long nothing more must come before files are acknowledged.
    ``webhook_silence_h``: hours without a word from WhatsApp that doctor takes for trouble.
    ``duty_phone_number_id``: of the second number, on which officers get their notices; "" where there is none.
    ``duty_template``: approved in hi and en with serial, class and thana, and two quick-reply buttons.
    ``media_hosts``: from which files are fetched, besides the host of ``graph_url``.
    ``media_mb_per_day``, ``urgent_per_hour``, ``wrong_receipts_per_hour``: of everybody together, as in
    ``allowance.Limits``.
    """

    root: Path
    node_id: str
    listen: tuple[str, int]
    broker: Broker
    retry: Retry
    hello_every_s: float
    fault_point: str
    secrets: Secrets
    graph_url: str
    graph_version: str
    phone_number_id: str
    display_number: str
    runtime_dir: Path
    epoch_store: Path
    epoch_store_wrap: str
    undo_s: float
    jitter_max_s: float
    reply_delay_min_s: float
    reply_delay_max_s: float
    quiet_hours: tuple[int, int] | None
    settled_every_s: float
    file_wait_s: float
    album_quiet_s: float
    update_template: str
    chat_status_wait_s: float
    monthly_messages_warning: float
    message_price_inr: float
    webhook_silence_h: float
    duty_phone_number_id: str
    duty_template: str
    media_hosts: tuple[str, ...]
    media_mb_per_day: int
    urgent_per_hour: int
    wrong_receipts_per_hour: int


def load(root: Path) -> RelayConfig:
    """Reads ``<root>/config.toml``; raises ConfigError naming the key, what was found and what is wanted."""
    settings = read(root / "config.toml")
    _refuse_secrets(settings, root)
    settings.refuse_unknown(KEYS)
    settings.text("role", one_of=("relay",))
    return RelayConfig(
        root=root,
        node_id=settings.text("node_id"),
        listen=settings.address("listen", "127.0.0.1:8080"),
        broker=broker(settings, root, password=""),
        retry=Retry(
            settings.number("retry_base_s", 2, least=0.01), settings.number("retry_cap_s", 300, least=0.01)
        ),
        hello_every_s=settings.number("hello_every_s", 60, least=0.1),
        fault_point=settings.text("fault_point", "", one_of=("", *faults.POINTS)),
        secrets=Secrets.of(root),
        graph_url=settings.text("graph_url", "https://graph.facebook.com"),
        graph_version=settings.text("graph_version", "v26.0"),
        phone_number_id=settings.text("phone_number_id"),
        display_number=settings.text("display_number", ""),
        runtime_dir=settings.path("runtime_dir", root, "/run/satark"),
        epoch_store=settings.path("epoch_store", root),
        epoch_store_wrap=settings.text("epoch_store_wrap", "none"),
        undo_s=settings.number("undo_s", 300),
        jitter_max_s=settings.number("jitter_max_s", 1800),
        reply_delay_min_s=settings.number("reply_delay_min_s", 300),
        reply_delay_max_s=settings.number("reply_delay_max_s", 3600),
        quiet_hours=_quiet(settings),
        settled_every_s=settings.number("settled_every_s", 86_400, least=0.1),
        file_wait_s=settings.number("file_wait_s", 300),
        album_quiet_s=settings.number("album_quiet_s", 8),
        update_template=settings.text("update_template", "satark_update"),
        chat_status_wait_s=settings.number("chat_status_wait_s", CHAT_STATUS_WAIT_S),
        monthly_messages_warning=settings.number(
            "monthly_messages_warning", MONTHLY_MESSAGES_WARNING, least=1
        ),
        message_price_inr=settings.number("message_price_inr", MESSAGE_PRICE_INR),
        webhook_silence_h=settings.number("webhook_silence_h", WEBHOOK_SILENCE_H, least=1),
        duty_phone_number_id=settings.text("duty_phone_number_id", ""),
        duty_template=settings.text("duty_template", "satark_duty"),
        media_hosts=_hosts(settings),
        media_mb_per_day=int(settings.number("media_mb_per_day", MEDIA_MB_PER_DAY, least=100)),
        urgent_per_hour=int(settings.number("urgent_per_hour", URGENT_PER_HOUR)),
        wrong_receipts_per_hour=int(
            settings.number("wrong_receipts_per_hour", WRONG_RECEIPTS_PER_HOUR, least=5)
        ),
    )


def _refuse_secrets(settings: Settings, root: Path) -> None:
    """Whoever reads the settings would have them."""
    if inside := [name for name in SECRETS if name in settings.values]:
        raise ConfigError(
            f"{settings.source}: {inside[0]} is a secret, wanted: a file of its own",
            hint=f"Once: satark node move-secrets --root {root}",
        )


def _hosts(settings: Settings) -> tuple[str, ...]:
    """Names of hosts, never addresses: the certificate of a name tells who it is that gets our token."""
    value = settings.text("media_hosts", MEDIA_HOSTS)
    hosts = tuple(value.lower().split())
    if not all(_HOST.fullmatch(host) for host in hosts):
        settings.text(
            "media_hosts", one_of=(MEDIA_HOSTS, "other names of hosts with spaces between", "nothing")
        )
    return hosts


def _quiet(settings: Settings) -> tuple[int, int] | None:
    value = settings.text("quiet_hours", "21-8")
    if not value:
        return None
    start, _, end = value.partition("-")
    hours = frozenset(str(hour) for hour in range(24))
    if start not in hours or end not in hours:
        settings.text("quiet_hours", "21-8", one_of=("21-8", "another pair of hours such as 20-9", "nothing"))
    return int(start), int(end)
