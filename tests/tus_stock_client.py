"""Uploads a file with a stock tus client (tuspy), to prove that the server speaks plain tus 1.0.0.

usage: tus_stock_client.py BASE_URL BEARER_TOKEN REPORT_ID FILE [KIND]

KIND is `picture` (default) or `voice_note`. The upload is cut in the middle, resumed by a second client from where the server
says that it stands, and then fetched again and compared. Needs `pip install tuspy`. Exit code 0 means that all of it held.
"""

import hashlib
import sys
import urllib.request

from tusclient import client


def main() -> int:
    base, token, report, path = sys.argv[1:5]
    kind = sys.argv[5] if len(sys.argv) > 5 else "picture"
    with open(path, "rb") as file:
        data = file.read()
    sha256 = hashlib.sha256(data).hexdigest()
    authorization = {"Authorization": f"Bearer {token}"}
    tus = client.TusClient(f"{base}/v1/uploads", headers=authorization)
    metadata = {"report": report, "sha256": sha256, "kind": kind}
    chunk = max(1, len(data) // 3)

    first = tus.uploader(path, chunk_size=chunk, metadata=metadata, upload_checksum=True)
    first.upload_chunk()
    assert 0 < first.offset < len(data), "the first piece is a part of the file"

    second = tus.uploader(path, chunk_size=chunk, url=first.url, upload_checksum=True)
    assert second.offset == first.offset, "a second client learns where the upload stands"
    second.upload()

    request = urllib.request.Request(f"{base}/v1/blobs/{sha256}", headers=authorization)
    with urllib.request.urlopen(request) as answer:
        assert answer.read() == data, "what was uploaded comes back byte for byte"
    print(f"tus: {len(data)} bytes in pieces of {chunk}, resumed once, verified")
    return 0


if __name__ == "__main__":
    sys.exit(main())
