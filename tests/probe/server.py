"""A small server that speaks OpenAI's chat completions, answers as it is told, and fails as often as it is told."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

Ask = tuple[str, str]
"""A question as the server sees it: the SHA-256 of the pixels of its images, and its text."""


def seen(images: list[bytes], text: str) -> Ask:
    """What the server knows a question by: its pixels, since who asks may encode them anew."""
    pixels = hashlib.sha256()
    for image in images:
        with Image.open(io.BytesIO(image)) as opened:
            pixels.update(opened.convert("RGB").tobytes())
    return pixels.hexdigest(), text


class Server:
    """``with Server(answer) as server``: ``server.url``. ``answer`` gives the text for a question. ``failing``: the
    share of requests that end in an error, by turns 500, 429, a dropped connection and a text that is no JSON;
    ``status``: a status with which all fail. ``answered`` counts the replies that were sent, by question."""

    def __init__(self, answer: Callable[[Ask], str], failing: float = 0.0, status: int = 0) -> None:
        self.answer, self.failing, self.status = answer, failing, status
        self.answered: Counter[Ask] = Counter()
        self.requests = 0
        self.bodies: list[Any] = []
        self._owed = 0.0
        self._failed = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer._serve(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that was killed is no fault of the server."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Server:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        with self._lock:
            self.requests += 1
            self.bodies = [*self.bodies[-9:], body]
            self._owed += self.failing
            failing = self._owed >= 1
            if failing:
                self._owed -= 1
                self._failed += 1
            way = self._failed % 4
        if self.status:
            _send(handler, self.status, {"error": {"message": "as the test wants it"}})
        elif failing and way == 0:
            _send(handler, 500, {"error": {"message": "out of order"}})
        elif failing and way == 1:
            _send(handler, 429, {"error": {"message": "too many"}}, {"retry-after": "0"})
        elif failing and way == 2:
            handler.close_connection = True
            handler.connection.close()
        elif failing:
            _send(handler, 200, {"choices": []})
        else:
            ask = _ask(body)
            with self._lock:
                self.answered[ask] += 1
            message = {"role": "assistant", "content": self.answer(ask)}
            _send(handler, 200, {
                "id": "1", "object": "chat.completion", "created": 0, "model": body["model"],
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
            })  # fmt: skip


def _ask(body: Any) -> Ask:
    """The last question, with the images of the whole conversation."""
    spoken = [message["content"] for message in body["messages"] if message["role"] == "user"]
    said = [[{"type": "text", "text": text}] if isinstance(text, str) else text for text in spoken]
    urls = [part["image_url"]["url"] for parts in said for part in parts if part["type"] == "image_url"]
    text = next(part["text"] for part in said[-1] if part["type"] == "text")
    return seen([base64.b64decode(url.split(",", 1)[1]) for url in urls], text)


def _send(handler: BaseHTTPRequestHandler, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
    data = json.dumps(value).encode()
    handler.send_response(status)
    for name, text in {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}.items():
        handler.send_header(name, text)
    handler.end_headers()
    handler.wfile.write(data)
