"""`jackfield connect` where the browser ends on a page of somebody else's."""

from __future__ import annotations

from tests.cli.runner import DEADLINE, Jackfield
from tests.cli.test_connect import link_of
from tests.engine.support import define
from tests.hosted import HOSTED, PAGE, ended_on, hosted_service


def test_it_asks_for_paste_and_takes_the_address(jackfield: Jackfield) -> None:
    with hosted_service() as service:
        define(jackfield.home, HOSTED, url=service.url)
        jackfield(
            "connectors", "configure", "hosted", "--set", "client_id=app-1", "--set", f"redirect_uri={PAGE}"
        )
        refused = jackfield("connect", "hosted", "--no-browser", code=2)
        assert f"The browser ends on {PAGE}" in refused.err and "--paste" in refused.err
        with jackfield.start("connect", "hosted", "--paste", "--json") as waiting:
            address = ended_on(link_of(waiting))
            out, err = waiting.communicate(f"{address}\n", timeout=DEADLINE)
        assert waiting.returncode == 0, err
        assert '"connected"' in out
