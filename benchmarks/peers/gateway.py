"""A stand-in for the gateway that costs next to nothing: python -m benchmarks.peers.gateway."""

import asyncio
import itertools
import json
import re

_ANSWER = {
    "account_sid": "AC" + "5" * 32, "api_version": "2010-04-01", "body": "", "date_created": None,
    "date_sent": None, "date_updated": None, "direction": "outbound-api", "error_code": None,
    "error_message": None, "from": "+447700900001", "messaging_service_sid": None,
    "num_media": "0", "num_segments": "1", "price": None, "price_unit": "GBP",
    "status": "queued", "subresource_uris": {}, "to": "+447700900002", "uri": "/",
}  # fmt: skip
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_numbers = itertools.count(1)


class _Answering(asyncio.Protocol):
    """One connection, kept alive; each whole request is answered with a new message's id."""

    def connection_made(self, transport):
        self._transport = transport
        self._seen = b""

    def data_received(self, data):
        self._seen += data
        while b"\r\n\r\n" in self._seen:
            head, rest = self._seen.split(b"\r\n\r\n", 1)
            found = _LENGTH.search(head)
            length = int(found.group(1)) if found else 0
            if len(rest) < length:
                return
            self._seen = rest[length:]
            body = json.dumps({**_ANSWER, "sid": f"SM{next(_numbers):032x}"}).encode()
            self._transport.write(
                b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )


async def _main() -> None:
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
