"""Google Cloud on loopback as the Google Cloud CLI asks it: objects with generations, and builds.

Whatever else is asked gets one answer, and all requests are kept.
"""

import hashlib
import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from infra.releases.files import ChangedError, MissingError
from infra.standins.web.listener import Listener

_OBJECT = re.compile(r"(?:/download)?/storage/v1/b/([^/]+)/o/(.+)")
_XML = re.compile(r"/([a-z-]+-(?:terraform|code))/(.+)")
"""An object as Terraform's client reads it, by the older API."""
_OBJECTS = re.compile(r"(/upload)?/storage/v1/b/([^/]+)/o")
_ANYTHING = {"metadata": {"build": {"id": "build-1"}}, "state": "RUNNING"}
_APIS = (
    "artifactregistry", "cloudbuild", "cloudfunctions", "cloudkms", "cloudresourcemanager", "cloudscheduler",
    "cloudtasks", "firestore", "iam", "iamcredentials", "logging", "monitoring", "run", "secretmanager",
    "serviceusage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; of an upload, what is said of the object."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any


@dataclass(slots=True)
class Cloud:
    """What is there.

    Attributes:
        objects: Each object's generation and bytes, by bucket and name.
        asked: All requests in their order.
    """

    objects: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def write(self, url: str, data: bytes) -> None:
        """Write an object, whatever was there."""
        self.objects[_key(url)] = self.generation(url) + 1, data

    def read(self, url: str) -> bytes:
        """Return what an object holds."""
        return self.objects[_key(url)][1]

    def generation(self, url: str) -> int:
        """Return an object's generation; 0: there is none."""
        return self.objects.get(_key(url), (0, b""))[0]

    def builds(self) -> list[Any]:
        """Return what was asked of the trigger `deploy`, each time."""
        return [each.body["source"] for each in self.asked if each.path.endswith("/triggers/deploy:run")]


@dataclass(frozen=True, slots=True)
class CloudFiles:
    """The files there, for those who need no program to ask for them."""

    cloud: Cloud

    def get(self, url: str, file: Path) -> int:
        if not self.cloud.generation(url):
            raise MissingError(url)
        file.write_bytes(self.cloud.read(url))
        return self.cloud.generation(url)

    def put(self, file: Path, url: str, generation: int | None = None) -> None:
        if generation not in (None, self.cloud.generation(url)):
            raise ChangedError(url)
        self.cloud.write(url, file.read_bytes())

    def names(self, url: str) -> list[str]:
        names = (f"gs://{bucket}/{name}" for bucket, name in self.cloud.objects)
        return sorted(name for name in names if fnmatchcase(name, url))

    def text(self, urls: Sequence[str]) -> str:
        return b"".join(map(self.cloud.read, urls)).decode()


def _key(url: str) -> tuple[str, str]:
    bucket, _, name = url.removeprefix("gs://").partition("/")
    return bucket, name


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cloud: Cloud

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        self._keep(None)
        if found := _XML.fullmatch(address.path):
            self._give(found[1], unquote(found[2]), {"alt": ["media"]})
        elif found := _OBJECT.fullmatch(address.path):
            self._give(found[1], unquote(found[2]), query)
        elif found := _OBJECTS.fullmatch(address.path):
            prefix = query.get("prefix", [""])[0]
            names = [
                key for key in sorted(self.cloud.objects) if key[0] == found[2] and key[1].startswith(prefix)
            ]
            self._answer(200, {"items": [self._described(*key) for key in names]})
        else:
            self._read()
            self._answer(200, _ANYTHING)

    def do_POST(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        found = _OBJECTS.fullmatch(address.path)
        if not found or not found[1]:
            body = self._read()
            self._keep(json.loads(body) if body else None)
            self._answer(200, _ANYTHING)
            return
        head, data = self._parts()
        self._keep(json.loads(head))
        name = json.loads(head)["name"]
        there = self.cloud.objects.get((found[2], name), (0, b""))[0]
        if int(query.get("ifGenerationMatch", [there])[0]) != there:
            self._answer(
                412, {"error": {"code": 412, "message": "At least one of the pre-conditions failed."}}
            )
            return
        self.cloud.write(f"gs://{found[2]}/{name}", data)
        self._answer(200, self._described(found[2], name))

    def do_PATCH(self) -> None:
        self.do_POST()

    def do_PUT(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        address = urlsplit(self.path)
        self._keep(None)
        self._read()
        if found := _OBJECT.fullmatch(address.path):
            del self.cloud.objects[found[1], unquote(found[2])]
            self._answer(204, b"")
        else:
            self._answer(200, _ANYTHING)

    def _parts(self) -> tuple[bytes, bytes]:
        """Return the two parts of an upload: what is said of the object, and what it holds."""
        boundary = re.search(r"boundary=['\"]?([^'\";]+)", self.headers["Content-Type"])
        assert boundary
        _, head, data, _ = self._read().split(b"--" + boundary[1].encode())
        head, data = (re.split(rb"\r?\n\r?\n", part, maxsplit=1)[1] for part in (head, data))
        return head, re.sub(rb"\r?\n\Z", b"", data)

    def _give(self, bucket: str, name: str, query: dict[str, list[str]]) -> None:
        there = self.cloud.objects.get((bucket, name))
        if there is None or int(query.get("generation", [there[0]])[0]) != there[0]:
            self._answer(404, {"error": {"code": 404, "message": "No such object."}})
        elif query.get("alt") == ["media"]:
            self._answer(200, there[1])
        else:
            self._answer(200, self._described(bucket, name))

    def _described(self, bucket: str, name: str) -> dict[str, str]:
        generation, data = self.cloud.objects[bucket, name]
        link = f"http://{self.headers['Host']}/download/storage/v1/b/{bucket}/o/{quote(name, safe='')}"
        return {
            "kind": "storage#object", "bucket": bucket, "name": name, "generation": str(generation),
            "metageneration": "1", "size": str(len(data)), "contentType": "text/plain",
            "mediaLink": f"{link}?generation={generation}&alt=media",
            "md5Hash": b64encode(hashlib.md5(data).digest()).decode(),
        }  # fmt: skip

    def _keep(self, body: Any) -> None:
        address = urlsplit(self.path)
        self.cloud.asked.append(Asked(self.command, address.path, parse_qs(address.query), body))

    def _read(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def _answer(self, status: int, body: object) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header(
            "Content-Type", "application/json" if data is not body else "application/octet-stream"
        )
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Goog-Generation", "1")
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def running() -> Iterator[tuple[Cloud, str]]:
    """Give a Google Cloud, and its address."""
    cloud = Cloud()
    handler = type("Handler", (_Handler,), {"cloud": cloud})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    listener = Listener(server)
    listener.start()
    try:
        yield cloud, f"http://127.0.0.1:{server.server_port}/"
    finally:
        listener.end()


def environment(url: str, folder: Path) -> dict[str, str]:
    """Return the variables with which the Google Cloud CLI asks there as nobody, in a folder of its own."""
    endpoints = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api.upper()}": url for api in _APIS}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "CLOUDSDK_CONFIG": str(folder / "gcloud"),
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
        "CLOUDSDK_CORE_PROJECT": "acme-contacts",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{url}storage/v1/",
        **endpoints,
    }
