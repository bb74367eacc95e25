"""Where a request goes: not there at all, through a proxy, over TLS that is trusted or not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import ConnectorError, ServiceError, TemporaryError, UnsafeUrlError
from desktop.engine.network.http import make_client
from tests.engine.certificates import Authority
from tests.engine.raw_server import RawServer, answer, raw_server

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://service.example/token",
        "http://10.0.0.1/",
        "http://0.0.0.0:{port}/",
        "http://127.0.0.1.evil.example/",
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/",
        "https://[::ffff:169.254.169.254]/",
        "https://2852039166/",
        "https://0xa9fea9fe/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "ftp://127.0.0.1:{port}/",
        "file:///etc/passwd",
    ],
)
def test_addresses_that_nothing_is_sent_to(url: str) -> None:
    async def run() -> RawServer:
        async with raw_server(answer(b"")) as server, make_client(proxy=server.url()) as client:
            with pytest.raises(UnsafeUrlError, match="othing was sent"):
                await client.post(url.format(port=server.port), data={"client_secret": "s"})
            return server

    assert asyncio.run(run()).connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "explicit"])
def test_loopback_never_goes_through_a_proxy(
    host: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> tuple[int, int]:
        async with raw_server(answer(b"")) as proxy, raw_server(answer(b"here")) as server:
            if variable != "explicit":
                monkeypatch.setenv(variable, proxy.url())
            async with make_client(proxy=proxy.url() if variable == "explicit" else None) as client:
                assert (await client.get(server.url(host=host))).text == "here"
            return server.connections, proxy.connections

    assert asyncio.run(run()) == (1, 0)


def refuse_tunnel(status: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()

    return script


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden"])
def test_services_go_through_the_proxy_and_its_refusal_is_told(
    variable: str, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> tuple[ConnectorError, bytes]:
        async with raw_server(refuse_tunnel(status)) as proxy:
            monkeypatch.setenv(variable, f"http://amelia:pr0xy-pass@127.0.0.1:{proxy.port}")
            async with make_client() as client:
                with pytest.raises(TemporaryError) as caught:
                    await client.get("https://service.example/")
            return caught.value, proxy.heard

    error, heard = asyncio.run(run())
    assert heard.startswith(b"CONNECT service.example:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic YW1lbGlhOnByMHh5LXBhc3M=" in heard
    assert status[:3] in error.sentence
    assert "service.example" in error.sentence
    assert "pr0xy-pass" not in error.sentence + error.hint


def test_no_proxy_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> int:
        async with raw_server(answer(b"")) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url())
            monkeypatch.setenv("NO_PROXY", ".invalid")
            async with make_client() as client:
                with pytest.raises(TemporaryError, match=r"service\.invalid could not be found"):
                    await client.get("https://service.invalid/")
            return proxy.connections

    assert asyncio.run(run()) == 0


def test_a_proxy_that_cannot_be_used_is_a_sentence_and_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1")

    async def run() -> str:
        async with raw_server(answer(b"here")) as server, make_client() as client:
            with pytest.raises(TemporaryError, match="proxy that is set cannot be used"):
                await client.get("https://service.example/")
            return (await client.get(server.url())).text

    assert asyncio.run(run()) == "here"


def over_tls(tmp_path: Path, *, host: str = "127.0.0.1", expired: bool = False, trusted: bool = True) -> Any:
    """The answer of a TLS server, or the error, and what the server heard in clear."""

    async def run() -> tuple[Any, bytes]:
        authority = Authority(tmp_path)
        context = authority.server(host, expired=expired)
        async with raw_server(answer(b"secure"), context=context) as server:
            async with make_client(ca_file=authority.file if trusted else None) as client:
                try:
                    result: Any = await client.post(server.url(scheme="https"), data={"client_secret": "s"})
                except ConnectorError as error:
                    result = error
            return result, server.heard

    loop_errors: list[dict[str, Any]] = []

    async def quietly() -> Any:
        # The server's side of a refused handshake is of no interest here.
        asyncio.get_running_loop().set_exception_handler(lambda _, context: loop_errors.append(context))
        return await run()

    return asyncio.run(quietly())


def test_an_own_authority_is_trusted_when_its_file_is_named(tmp_path: Path) -> None:
    result, heard = over_tls(tmp_path)
    assert result.text == "secure"
    assert b"client_secret" in heard


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"trusted": False}, "unable to get local issuer certificate"),
        ({"expired": True}, "certificate has expired"),
        ({"host": "other.example"}, "IP address mismatch"),
    ],
)
def test_a_bad_certificate_is_refused_with_the_reason(
    tmp_path: Path, options: dict[str, Any], reason: str
) -> None:
    error, heard = over_tls(tmp_path, **options)
    assert isinstance(error, TemporaryError)
    assert error.sentence.startswith("The certificate of 127.0.0.1 is not trusted: ")
    assert reason in error.sentence
    assert "certificate authority" in error.hint
    assert heard == b""


def test_a_port_without_tls_is_said_to_be_so() -> None:
    async def run() -> ConnectorError:
        def clear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(clear, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, make_client() as client:
            with pytest.raises(TemporaryError) as caught:
                await client.get(f"https://127.0.0.1:{port}/")
        return caught.value

    assert "secure connection" in asyncio.run(run()).sentence


def test_a_handshake_that_never_ends_is_bounded_and_leaves_no_socket() -> None:
    async def run() -> ConnectorError:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()

        async with raw_server(silent) as server, make_client(deadline=0.6) as client:
            with pytest.raises(TemporaryError) as caught:
                await client.get(server.url(scheme="https"))
        return caught.value

    assert "127.0.0.1 did not answer in time" in asyncio.run(run()).sentence


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_of_authorities_that_is_none(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "own.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ServiceError, match="cannot be used") as caught:
        make_client(ca_file=file)
    assert str(file) in caught.value.sentence
