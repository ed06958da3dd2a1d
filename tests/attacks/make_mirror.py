"""A mirror on the loopback interface that behaves as badly as it is told to."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Mirror(BaseHTTPRequestHandler):
    """Serves the server's `content`.

    `cut_after`: close the connection after so many bytes, once. `slow`: seconds between blocks. `ranges`: whether it can
    resume. `status`: the answer instead of the content.
    """

    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.asked.append(asked)
        if server.status != 200:
            return self.send_error(server.status)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and server.ranges else 0
        body = server.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        self.end_headers()
        if server.cut_after is not None:
            body, server.cut_after = body[: server.cut_after], None
        for place in range(0, len(body), 20_000):
            self.wfile.write(body[place : place + 20_000])
            time.sleep(server.slow)

    def log_message(self, *_):
        pass


@contextmanager
def mirror(content, *, cut_after=None, slow=0.0, ranges=True, status=200):
    """Yield (address, the Range header of each request so far)."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Mirror)
    server.content, server.cut_after, server.slow, server.ranges, server.status = content, cut_after, slow, ranges, status
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", server.asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent_mirror():
    """Yield the address of a mirror that accepts a connection and never answers."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
