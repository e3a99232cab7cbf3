"""A night that failed is told: sinks on this machine stand for mail server and webhook."""

import http.server
import json
import logging
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from orchestration.alerts import TOLD_TAG, Alert, AlertSettings, BadAlertSetting, send
from orchestration.automation import NIGHTLY, build_automation

ALERT = Alert("host-1", "2026-03-31", "gate_on_tables", "shut by critical checks")


class MailSink(socketserver.StreamRequestHandler):
    """As much of a mail server as a mail needs."""

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            command = line.partition(" ")[0].upper()
            if command == "DATA":
                self._say("354 go on")
                lines = []
                while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(line)
                self.server.received.append("\n".join(lines))  # type: ignore[attr-defined]
            self._say("221 bye" if command == "QUIT" else "250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class WebhookSink(http.server.BaseHTTPRequestHandler):
    """Takes what is posted."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def a_sink(handler: type) -> Iterator[tuple[int, list]]:
    """Port of a server of this machine, and what it has received."""
    with socketserver.TCPServer(("127.0.0.1", 0), handler) as server:
        server.received = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1], server.received  # type: ignore[attr-defined]
        server.shutdown()


def test_a_failed_night_is_mailed_and_posted():
    with a_sink(MailSink) as (port, mails), a_sink(WebhookSink) as (hook, posts):
        failed = send(
            ALERT,
            AlertSettings.read(
                {
                    "OUTCOMES_ALERT_EMAIL": "night@example.org, second@example.org",
                    "OUTCOMES_SMTP_HOST": "127.0.0.1",
                    "OUTCOMES_SMTP_PORT": str(port),
                    "OUTCOMES_ALERT_WEBHOOK": f"http://127.0.0.1:{hook}/a-secret-path",
                }
            ),
        )

    assert failed == []
    assert "To: night@example.org, second@example.org" in mails[0]
    for told in (mails[0], posts[0]["text"]):
        assert "gate_on_tables" in told and "Nothing was published" in told
    assert posts[0]["title"] == ALERT.subject


def test_an_alert_that_cannot_be_sent_is_logged_without_its_secret_and_stops_nothing(caplog):
    with a_sink(WebhookSink) as (port, _):
        pass  # Nobody listens there any more.
    settings = AlertSettings.read(
        {"OUTCOMES_ALERT_WEBHOOK": f"http://127.0.0.1:{port}/a-secret-path"}
    )
    with caplog.at_level(logging.ERROR):
        assert send(ALERT, settings) == ["webhook"]

    assert "gate_on_tables" in caplog.text
    assert "a-secret-path" not in caplog.text + repr(settings)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"OUTCOMES_ALERT_EMAIL": "a@example.org"}, "OUTCOMES_SMTP_HOST"),
        ({"OUTCOMES_SMTP_PORT": "mail"}, "OUTCOMES_SMTP_PORT"),
        ({"OUTCOMES_ALERT_WEBHOOK": "file:///etc/passwd"}, "https://"),
        ({"OUTCOMES_SMTP_PASSWORD_FILE": "/nowhere/at/all"}, "cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_at_the_start(environment, said):
    with pytest.raises(BadAlertSetting, match=said):
        AlertSettings.read(environment)


def test_a_secret_may_come_from_a_file(tmp_path: Path):
    file = tmp_path / "webhook"
    file.write_text("https://example.org/hook\n", encoding="utf-8")

    assert AlertSettings.read({"OUTCOMES_ALERT_WEBHOOK_FILE": str(file)}).webhook.endswith("/hook")


@pytest.mark.parametrize("tags", [{}, {TOLD_TAG: "by the command"}])
def test_the_sensor_tells_of_a_run_that_the_command_has_not_told_of(tmp_path: Path, tags):
    @dg.op
    def land_extracts():
        raise ValueError("a cell that reads Ada")

    @dg.job(name=NIGHTLY)
    def nightly():
        land_extracts()

    with a_sink(WebhookSink) as (port, posts), dg.DagsterInstance.ephemeral() as instance:
        alerts = AlertSettings(webhook=f"http://127.0.0.1:{port}/")
        automation = build_automation(tmp_path, tmp_path, "2026-03-31", alerts)
        (sensor,) = [found for found in automation.sensors if found.name == "night_failed"]
        result = nightly.execute_in_process(instance=instance, raise_on_error=False, tags=tags)
        sensor(
            dg.build_run_status_sensor_context(
                sensor_name="night_failed",
                dagster_instance=instance,
                dagster_run=result.dagster_run,
                dagster_event=result.get_run_failure_event(),
            ).for_run_failure()
        )

    assert len(posts) == (0 if tags else 1)
    if posts:
        assert "land_extracts" in posts[0]["text"] and "ValueError" in posts[0]["text"]
        assert "Ada" not in posts[0]["text"]
