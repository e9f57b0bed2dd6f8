"""The samples of deploy/ put to work: nginx with TLS in front of two serving processes, on ports of their own."""

import datetime
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.running import SUNDIAL, Platform, free_port, open_folder, start_platform, stop_platform

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
START_LIMIT = 60.0


def certify(folder: Path) -> None:
    """A certificate for `localhost` that nobody but these tests believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)  # noqa: TID251 - a certificate needs the real time
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


@dataclass
class Front:
    """One serving process that a proxy passes requests to."""

    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it is ready a little later."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(SUNDIAL), "serve", "--role", "front", "--port", str(self.port)],
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def await_ready(self) -> None:
        """Wait until it answers."""
        assert self.process is not None
        for _ in range(int(START_LIMIT / 0.1)):
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            try:  # not a sleep for its own sake: the child's exit ends the wait at once
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        raise AssertionError(f"not ready:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """As systemd would."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass
class Site:
    """The sample of nginx in front of two processes that share one database."""

    folder: Path
    platform: Platform
    fronts: list[Front]
    https: int
    http: int

    @property
    def address(self) -> str:
        """What people open."""
        return f"https://localhost:{self.https}"

    @property
    def tls(self) -> ssl.SSLContext:
        """Believes the site's own certificate and no other."""
        return ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))

    def client(self) -> httpx.Client:
        """A browser without pictures."""
        return httpx.Client(base_url=self.address, verify=self.tls, timeout=30)

    @property
    def reload(self) -> str:
        """The command by which nginx takes up its changed files."""
        return f"{NGINX} -c {self.folder / 'nginx.conf'} -s reload"


def nginx_text(folder: Path, https: int, http: int) -> str:
    """The sample as it stands, with this machine's ports and files; every replacement must find its words."""
    text = (DEPLOY / "nginx" / "sundial.conf").read_text()
    for words, ours in {
        "/etc/nginx/sundial/webs.conf": str(folder / "webs.conf"),
        "    listen 80;\n    listen [::]:80;": f"    listen 127.0.0.1:{http};",
        "    listen 443 ssl http2;\n    listen [::]:443 ssl http2;": f"    listen 127.0.0.1:{https} ssl http2;",
        "server_name sundial.example.org": "server_name localhost",
        "https://$host$request_uri": f"https://$host:{https}$request_uri",
        "/etc/ssl/sundial/": f"{folder}/",
        "Host $host;": f"Host $host:{https};",
    }.items():
        assert words in text, words
        text = text.replace(words, ours)
    return (
        f"pid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\nworker_processes 1;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{text}\n}}\n"
    )


def await_port(port: int) -> None:
    """Wait until somebody listens there."""
    for _ in range(int(START_LIMIT / 0.1)):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            threading.Event().wait(0.1)
        else:
            return
    raise AssertionError("nginx does not listen")


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """Two processes behind nginx with TLS, over the database of a platform that nobody else asks."""
    with open_folder() as folder:
        https, http = free_port(), free_port()
        platform = start_platform(
            folder / "var",
            settings={
                "SUNDIAL_BASE_URL": f"https://localhost:{https}",
                "SUNDIAL_ALLOWED_HOSTS": "localhost",
                "SUNDIAL_TRUSTED_PROXIES": "127.0.0.1",
            },
        )
        made = Site(folder, platform, [], https, http)
        try:
            certify(folder)
            for number in (1, 2):
                made.fronts.append(Front(free_port(), platform.environment, folder / f"front{number}.log"))
                made.fronts[-1].start()
            (folder / "webs.conf").write_text("".join(f"server 127.0.0.1:{one.port};\n" for one in made.fronts))
            (folder / "nginx.conf").write_text(nginx_text(folder, https, http))
            for front in made.fronts:
                front.await_ready()
            nginx = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
            try:
                await_port(https)
                yield made
            finally:
                nginx.terminate()
                nginx.wait(20)
        finally:
            for front in made.fronts:
                front.stop()
            stop_platform(platform)
