"""Registers a device through the route of a deployment, or opts it out, with nothing but Python's standard library.

    python3 register.py ENDPOINT DEVICE FILE              what the device has said, as JSON: application, token, owner
    python3 register.py ENDPOINT DEVICE --opt-out ARN     of the platform application

ENDPOINT is the stack's output DevicesEndpoint. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for temporary
credentials, AWS_SESSION_TOKEN come from the environment. Prints status, Retry-After and body; repeat the request after a 503.
"""

import hashlib
import hmac
import os
import sys
import urllib.error
import urllib.request
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit


def register(endpoint, device, registration):
    """Says what a device's token is; gives status, headers and body."""
    return call("PUT", f"{endpoint}/{quote(device, safe='')}", registration)


def opt_out(endpoint, device, application):
    """Says that the device's user wants no more messages; gives status, headers and body."""
    return call("DELETE", f"{endpoint}/{quote(device, safe='')}?application={quote(application, safe='')}")


def call(method, address, body=b""):
    """Sends a request, signed as "AWS Signature Version 4" of the IAM User Guide says."""
    url = urlsplit(address)
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": "application/json", "host": url.netloc, "x-amz-date": now}
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    # The path is encoded once more than it is sent; the query has one parameter, so that there is nothing to sort.
    request = "\n".join([method, quote(url.path), url.query, *lines, "", names, sha256(body)])
    scope = f"{now[:8]}/{os.environ['AWS_REGION']}/execute-api/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, sha256(request.encode())])
    signature = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
    for text in [*scope.split("/"), to_sign]:
        signature = hmac.new(signature, text.encode(), "sha256").digest()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature.hex()}"
    )
    try:
        answer = urllib.request.urlopen(urllib.request.Request(address, body or None, headers, method=method), timeout=30)
    except urllib.error.HTTPError as refused:
        answer = refused
    return answer.status, answer.headers, answer.read().decode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    endpoint, device, *what = sys.argv[1:]
    if what[0] == "--opt-out":
        status, headers, body = opt_out(endpoint, device, what[1])
    else:
        with open(what[0], "rb") as registration:
            status, headers, body = register(endpoint, device, registration.read())
    print(status, headers.get("Retry-After", ""), body)
