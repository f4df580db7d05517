"""``lmms_eval`` by lmms-eval, from its command line to its table of results, against a server on this machine.

    python read_lmms_eval.py FOLDER OUT.jsonl RIGHT.json

The server speaks as much of OpenAI's protocol as is needed. It knows the right answers (``RIGHT.json``: from the digest
of the pixels and the prompt), gives two of three and something else for the third, and writes what it was sent as rows.
So the accuracy that lmms-eval has to come out with is known exactly.
"""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import given
from PIL import Image

SAID_WRONG = "I would rather not say."


class Server(ThreadingHTTPServer):
    """Holds the right answers, how often each was wanted, and the rows."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, right: dict[str, list[list[str]]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.right, self.lock = right, threading.Lock()
        self.rows: list[dict[str, Any]] = []
        self.answered_right = 0

    def answer(self, prompt: str, images: list[Any]) -> str:
        """To a prompt: two of three are right."""
        pixels = given.digest(images)
        with self.lock:
            waiting = self.right.get(f"{pixels} {prompt}", [])
            ident, right = waiting.pop(0) if waiting else ("not asked for", "")
            self.rows.append({"id": ident, "texts": [prompt, right], "images": len(images), "pixels": pixels})
            if len(self.rows) % 3 == 0:
                return SAID_WRONG
            self.answered_right += 1
            return right


class Handler(BaseHTTPRequestHandler):
    """``POST /v1/chat/completions``."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        parts = [part for message in asked["messages"] for part in message["content"]]
        prompt = "".join(part["text"] for part in parts if part["type"] == "text")
        urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        images = [Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) for url in urls]
        message = {"role": "assistant", "content": self.server.answer(prompt, images)}
        body = json.dumps({
            "id": "x", "object": "chat.completion", "created": 0, "model": asked["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Not each request."""


def evaluate(folder: Path, server: Server, out: Path) -> dict[str, Any]:
    """What lmms-eval says of the task in the folder, run somewhere else."""
    (task,) = folder.glob("*.yaml")
    url = f"http://127.0.0.1:{server.server_port}/v1"
    command = [sys.executable, "-m", "lmms_eval", "--model", "openai", "--model_args",
               f"model_version=fake,base_url={url},api_key=none", "--tasks", task.stem, "--include_path", str(folder),
               "--batch_size", "1", "--output_path", str(out)]  # fmt: skip
    environment = {**os.environ, "OPENAI_API_KEY": "none", "OPENAI_API_BASE": url, "HF_HOME": str(out / "hf"),
                   "LMMS_EVAL_PLUGINS": ""}  # fmt: skip
    done = subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True, check=False)
    results = sorted(out.rglob("*_results.json"))
    if done.returncode or not results:
        raise SystemExit(f"lmms-eval: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(results[-1].read_text(encoding="utf-8"))["results"][task.stem]
    return found


if __name__ == "__main__":
    server = Server(json.loads(Path(sys.argv[3]).read_text(encoding="utf-8")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as out:
        found = evaluate(given.folder().resolve(), server, Path(out))
    given.hand_back(server.rows)
    wanted = server.answered_right / len(server.rows)
    said = {
        name.partition(",")[0]: value for name, value in found.items() if name.partition(",")[0] in ("acc", "score")
    }
    if set(said.values()) != {wanted} or len(said) != 2:
        raise SystemExit(f"lmms-eval says {said}, {server.answered_right} of {len(server.rows)} is {wanted}")
    print(f"accuracy {said['acc']:.4f} = {server.answered_right} of {len(server.rows)}")
