"""Somebody is told when a night failed: in the log, by email, and by a webhook, as is set.

What is told is where and when, never what a record holds. An alert that cannot be sent is logged
and stops nothing.
"""

import json
import logging
import smtplib
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlsplit

from orchestration.secret import secret

LOG = logging.getLogger("outcomes.alerts")
SECONDS_TO_WAIT = 20
# A run whose failure the command has told already is passed over by the sensor.
TOLD_TAG = "outcomes/told"


class BadAlertSetting(Exception):
    """A setting of alerts cannot be used; the message names it and the remedy."""


@dataclass(frozen=True)
class AlertSettings:
    """Whom to tell, and through which server; empty where nobody is to be told that way."""

    email_to: tuple[str, ...] = ()
    email_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_tls: bool = False
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    # An address of a webhook is a secret: whoever knows it can write there.
    webhook: str = field(default="", repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "AlertSettings":
        """As ``.env.example`` describes them.

        Raises:
            BadAlertSetting: a port is no number, an address has no server, or a file is not there.
        """
        to = tuple(environment.get("OUTCOMES_ALERT_EMAIL", "").replace(",", " ").split())
        host = environment.get("OUTCOMES_SMTP_HOST", "")
        port = environment.get("OUTCOMES_SMTP_PORT", "")
        if to and not host:
            raise BadAlertSetting("OUTCOMES_ALERT_EMAIL needs OUTCOMES_SMTP_HOST, a mail server.")
        if port and not port.isdecimal():
            raise BadAlertSetting(f"OUTCOMES_SMTP_PORT is a number, not {port!r}.")
        webhook = _secret(environment, "OUTCOMES_ALERT_WEBHOOK")
        if webhook and urlsplit(webhook).scheme not in ("http", "https"):
            raise BadAlertSetting("OUTCOMES_ALERT_WEBHOOK begins with https:// or http://.")
        return cls(
            email_to=to,
            email_from=environment.get("OUTCOMES_ALERT_FROM", "") or (to[0] if to else ""),
            smtp_host=host,
            smtp_port=int(port or 25),
            smtp_tls=environment.get("OUTCOMES_SMTP_TLS", "").lower() in ("1", "true", "yes"),
            smtp_user=environment.get("OUTCOMES_SMTP_USER", ""),
            smtp_password=_secret(environment, "OUTCOMES_SMTP_PASSWORD"),
            webhook=webhook,
        )


def _secret(environment: Mapping[str, str], name: str) -> str:
    found = secret(environment, name)
    if found is None:
        file = environment[f"{name}_FILE"]
        raise BadAlertSetting(f"{name}_FILE names {file}, which cannot be read.")
    return found


@dataclass(frozen=True)
class Alert:
    """A night that failed."""

    host: str
    as_at_date: str
    failed_step: str
    reason: str
    is_published: bool = False

    @property
    def subject(self) -> str:
        """In one line."""
        at = f" at {self.failed_step}" if self.failed_step else ""
        return f"Outcomes on {self.host}: the night of {self.as_at_date} failed{at}"

    @property
    def text(self) -> str:
        """What happened, what stands, and what to do."""
        stands = (
            "The figures were published; what comes after them was not done."
            if self.is_published
            else "Nothing was published: what was published before stands."
        )
        why = self.reason.rstrip(".") or "see the log of the run"
        return (
            f"{self.subject}.\nWhy: {why}.\n{stands}\n"
            "There, `outcomes status` says more and `outcomes doctor` looks for the cause."
        )


def send(alert: Alert, settings: AlertSettings) -> list[str]:
    """Tell everyone who is to be told; which ways it could not be sent."""
    LOG.error(alert.text)
    failed = []
    for way, told, tell in (
        ("email", settings.email_to, _send_email),
        ("webhook", settings.webhook, _call_webhook),
    ):
        if told:
            try:
                tell(alert, settings)
            except (OSError, smtplib.SMTPException) as error:
                # Its words may hold the address of the webhook.
                LOG.error("The alert could not be sent by %s: %s", way, type(error).__name__)
                failed.append(way)
    return failed


def _send_email(alert: Alert, settings: AlertSettings) -> None:
    message = EmailMessage()
    message["Subject"] = alert.subject
    message["From"] = settings.email_from
    message["To"] = ", ".join(settings.email_to)
    message.set_content(alert.text)
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS_TO_WAIT) as server:
        if settings.smtp_tls:
            server.starttls()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)


def _call_webhook(alert: Alert, settings: AlertSettings) -> None:
    request = urllib.request.Request(
        settings.webhook,
        data=json.dumps({"title": alert.subject, "text": alert.text}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS_TO_WAIT):
        pass
