"""A server that speaks S3, on a free port of loopback, with the bucket `xunge`; writes its address into the file that is named."""

import sys
import urllib.request

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
address = f"http://{host}:{port}"
urllib.request.urlopen(urllib.request.Request(f"{address}/xunge", method="PUT")).read()
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(address)
server._thread.join()
