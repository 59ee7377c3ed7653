"""Read a question from a request: JSON with a data: URL, or a form with a file. Page and API take the same."""

import json
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from inference.decoding import MAX_BYTES
from inference.receiving import SOURCES, ImageRefused, from_data_url

# Base64 makes a third more of it, and the form's other fields need a little room.
MAX_BODY_BYTES: Final = MAX_BYTES * 4 // 3 + 16_384


KINDS: Final = ("predict", "grad_cam")


class AskingRefused(ValueError):
    """A question that was not taken; `field` names what was wrong, `status` is the HTTP answer."""

    def __init__(self, sentence: str, *, field: str, status: int = 422) -> None:
        self.field = field
        self.status = status
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone asks: which run's network, about which bytes, where they come from, and what to find out."""

    run: uuid.UUID
    image: bytes
    source: str
    kind: str


class LimitedUpload(FileUploadHandler):
    """Django's first upload handler: a body over the limit is read past and thrown away, never kept on disk."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        """Judge the announced length before anything is read."""
        wider = (most for path, most in settings.UPLOAD_BYTES.items() if META.get("PATH_INFO", "").startswith(path))
        self.is_over = content_length > next(wider, MAX_BODY_BYTES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass a chunk on, or stop the upload when the whole is too large."""
        if self.is_over:
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the finished file to the handlers that follow."""


def read_wish(request: HttpRequest) -> Wish:
    """Return what the request asks; raises ImageRefused or AskingRefused with a sentence for what is wrong."""
    if _length(request) > MAX_BODY_BYTES:
        raise ImageRefused("bytes")
    if request.content_type == "application/json":
        return _from_json(request)
    file = request.FILES.get("image")
    data = _bytes(file) if isinstance(file, UploadedFile) else _drawn(request.POST.get("image", ""))
    return _wish(dict(request.POST.items()), data)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _from_json(request: HttpRequest) -> Wish:
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        raise AskingRefused("The body is no JSON.", field="body", status=400) from None
    if not isinstance(fields, dict):
        raise AskingRefused("The body must be an object with the fields run, image, source and kind.", field="body")
    image = fields.get("image")
    if not isinstance(image, str):
        raise ImageRefused("missing")
    return _wish(fields, _drawn(image))


def _bytes(file: "UploadedFile[bytes]") -> bytes:
    if (file.size or 0) > MAX_BYTES:
        raise ImageRefused("bytes")
    content: bytes = file.read()
    return content


def _drawn(text: str) -> bytes:
    if not text:
        raise ImageRefused("missing")
    return from_data_url(text)


def _wish(fields: dict[str, Any], data: bytes) -> Wish:
    """Check the small fields; anything else that was sent is not read at all."""
    try:
        run = uuid.UUID(str(fields.get("run", "")))
    except ValueError:
        raise AskingRefused("Choose a network to ask: one of your finished runs.", field="run") from None
    source = str(fields.get("source", "upload"))
    if source not in SOURCES:
        raise AskingRefused(f"The source must be one of {', '.join(SOURCES)}.", field="source")
    kind = str(fields.get("kind", "predict"))
    if kind not in KINDS:
        raise AskingRefused(f"The kind of question must be one of {', '.join(KINDS)}.", field="kind")
    return Wish(run=run, image=data, source=source, kind=kind)
