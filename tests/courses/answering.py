"""Answer checks in tests: the right and a wrong form for any served question."""

from typing import Any

from django.test import Client

from accounts.models import User
from courses import progress
from courses.models import Attempt, QuestionVersion
from courses.serving import Served
from nets.reference import FUNCTIONS

CHOICES = ("one", "several", "prints")


def form_for(attempt: Attempt, place: int, *, right: bool) -> dict[str, Any]:
    """Return the fields of the form that answers the question at a place, rightly or wrongly."""
    served = Served.from_json(attempt.questions[place - 1])
    return right_or_wrong(QuestionVersion.objects.get(pk=served.version), served, right=right)


def right_or_wrong(question: QuestionVersion, served: Served, *, right: bool) -> dict[str, Any]:
    """Return the fields of the form that answers a served question, rightly or wrongly."""
    data, kind = question.data, question.kind
    if kind in CHOICES:
        wanted = {option["id"] for option in data["options"] if option["right"] is right}
        places = [str(at) for at, option in enumerate(served.options, 1) if option in wanted]
        return {"choice": places if kind == "several" and right else places[:1]}
    if kind == "order":
        order = [item["id"] for item in data["items"]] if right else [item["id"] for item in reversed(data["items"])]
        return {f"place-{at}": [str(order.index(item) + 1)] for at, item in enumerate(served.options, 1)}
    if kind == "pixel":
        return {"cell": ["1,1" if right else "0,0"]}
    if kind == "shape":
        return {"text": ["8, 3, 224, 224" if right else "1, 1"]}
    value = FUNCTIONS[data["function"]](**served.parameters) if kind == "drawn" else data["answer"]
    return {"text": [str(value if right else value + 7)]}


def take(learner: User, lesson: str, *, right: int = 6) -> Attempt:
    """Take a whole check with so many right answers; return the finished attempt."""
    attempt = progress.start_attempt(learner, lesson)
    for place in range(1, len(attempt.questions) + 1):
        fields = form_for(attempt, place, right=place <= right)
        progress.record_answer(learner, attempt, place=place, fields=fields, key=f"{attempt.pk}-{place}")
    attempt.refresh_from_db()
    return attempt


def post_answer(client: Client, attempt: Attempt, place: int, /, *, right: bool = True, **more: Any) -> Any:
    """Send an answer as a browser does."""
    url = f"/lessons/{attempt.version.lesson.slug}/check/{attempt.pk}/answer/"
    data = {"question": str(place), "key": f"key-{place}", **form_for(attempt, place, right=right), **more}
    return client.post(url, data)
