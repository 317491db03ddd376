"""Sends a topic message through the route of a deployment, with nothing but Python's standard library.

    python3 send.py ENDPOINT TOPIC FILE IDEMPOTENCY_KEY

ENDPOINT is the stack's output AdmEndpoint. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for temporary credentials,
AWS_SESSION_TOKEN come from the environment. Prints status, Retry-After and body; repeat with the same key after 409, 502 and 503.
"""

import hashlib
import hmac
import os
import sys
import urllib.error
import urllib.request
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit


def send(endpoint, topic, message, key):
    """POSTs a message, signed as "AWS Signature Version 4" of the IAM User Guide says; gives status, headers and body."""
    url = urlsplit(f"{endpoint}/topics/{quote(topic, safe='')}/messages")
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": "application/json", "host": url.netloc, "idempotency-key": key, "x-amz-date": now}
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    # The path is encoded once more than it is sent, and there is no query.
    request = "\n".join(["POST", quote(url.path), "", *lines, "", names, sha256(message)])
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
        answer = urllib.request.urlopen(urllib.request.Request(url.geturl(), message, headers), timeout=30)
    except urllib.error.HTTPError as refused:
        answer = refused
    return answer.status, answer.headers, answer.read().decode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    endpoint, topic, file, key = sys.argv[1:]
    with open(file, "rb") as message:
        status, headers, body = send(endpoint, topic, message.read(), key)
    print(status, headers.get("Retry-After", ""), body)
