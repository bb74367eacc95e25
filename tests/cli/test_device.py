"""`jackfield connect` with a code that is entered elsewhere, and with a PIN that is shown there."""

from __future__ import annotations

from tests.cli.runner import Jackfield
from tests.oauth1_server import CONSUMER_KEY, CONSUMER_SECRET, OAuth1Service
from tests.standin import Reply, StandIn

DEFINITION = """
key = "device"
name = "Device"
type = "oauth2"
grant = "device_code"
client_auth = "none"
request_device_code = "{url}/device"
request_access_token = "{url}/token"

[auth.client_id]
name = "Client ID"
"""
CODE = {
    "device_code": "device-code-that-nobody-sees",
    "user_code": "BDWP-HQPK",
    "verification_uri": "https://example.com/device",
    "expires_in": 600,
    "interval": 1,
}


def test_the_code_and_a_qr_code_are_for_the_terminal_and_the_account_for_programs(
    jackfield: Jackfield,
) -> None:
    with StandIn({"POST /device": CODE}) as service:
        pending = Reply({"error": "authorization_pending"}, 400)
        service.answer("POST /token", pending, {"access_token": "at-1234567890", "token_type": "Bearer"})
        folder = jackfield.home / "connectors"
        folder.mkdir(exist_ok=True)
        (folder / "device.toml").write_text(DEFINITION.format(url=service.url))
        done = jackfield("connect", "device", "--set", "client_id=app", "--json")
    assert done.json["connector"] == "device"
    assert "Open https://example.com/device on any device and enter the code: BDWP-HQPK" in done.err
    drawn = [line for line in done.err.splitlines() if line and set(line) <= set("█▀▄ ")]
    assert len(drawn) > 10 and len({len(line) for line in drawn}) == 1, "a QR code, line by line"
    assert "device-code-that-nobody-sees" not in done.err + done.out
    assert "browser" not in done.err


PIN_DEFINITION = """
key = "with-pin"
name = "Old service"
type = "oauth"
pin = true
request_request_token = "{url}/request"
auth_url = "{url}/authorize"
request_access_token = "{url}/access"
request_profile_info = "{url}/me"
account_name_from_profile_info = "username"
"""


def test_a_pin_is_typed_in_with_paste(jackfield: Jackfield) -> None:
    with StandIn() as standin:
        service = OAuth1Service(standin)
        folder = jackfield.home / "connectors"
        folder.mkdir(exist_ok=True)
        (folder / "with-pin.toml").write_text(PIN_DEFINITION.format(url=standin.url))
        settings = [f"consumer_key={CONSUMER_KEY}", f"consumer_secret={CONSUMER_SECRET}"]
        jackfield("connectors", "configure", "with-pin", *(f"--set={one}" for one in settings))
        refused = jackfield("connect", "with-pin", code=2)
        assert "--paste" in refused.err
        # The provider shows the same PIN to everybody: it cannot be known here before the link is.
        service.validator.fixed_verifier = "pin-for-everybody-1234"
        done = jackfield.process("connect", "with-pin", "--paste", stdin="pin-for-everybody-1234\n")
    assert "Connected Amelia Ortega." in done.err
