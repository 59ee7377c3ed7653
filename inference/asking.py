"""The writer of questions: who asks which network about which picture, within what one person may have open."""

from typing import Final

from django.db import transaction
from django.http import Http404

import rings
from accounts.models import User
from accounts.policy import Visitor
from inference import erasing, policy
from inference.models import Query, QueryState, Upload
from inference.networks import network_of
from inference.receiving import receive
from inference.requests import AskingRefused, Wish
from labs.models import Run

TASK: Final = "inference.answer"
QUEUE: Final = "infer"
MAX_OPEN: Final = 8


def ask(visitor: Visitor, wish: Wish) -> Query:
    """Clean the picture, keep it, and write the question about it as queued.

    Raises Http404 for a run whose network this person may not ask, NetworkMissing for one without a network,
    ImageRefused and AskingRefused with the sentence for the sender.
    """
    run = policy.askable_runs(visitor).filter(id=wish.run).first()
    if run is None:
        raise Http404
    _check_room(run.owner)
    upload = receive(wish.image, owner=run.owner, source=wish.source)
    query = write(run, upload, kind=wish.kind)
    erasing.erase_surplus(run.owner)
    return query


def write(run: Run, upload: Upload, *, kind: str) -> Query:
    """Write one question as queued, and knock at the infer worker's door when it is committed."""
    with transaction.atomic():
        query = Query.objects.create(owner=upload.owner, network=network_of(run), upload=upload, kind=kind)
        rings.knock_on_commit(TASK, queue=QUEUE)
    return query


def _check_room(owner: User) -> None:
    """Refuse a further question while MAX_OPEN of the same person wait: nobody may fill the queue alone."""
    waiting = Query.objects.filter(owner=owner, state__in=[QueryState.QUEUED, QueryState.RUNNING]).count()
    if waiting >= MAX_OPEN:
        sentence = f"{waiting} of your questions still wait for an answer. Ask again in a few seconds."
        raise AskingRefused(sentence, field="image", status=429)
