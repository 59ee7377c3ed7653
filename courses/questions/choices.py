"""Read the kinds that are answered by choosing: one, several, prints, order."""

from typing import Any

from courses.questions.source import QuestionSource, explained, otherwise


def read_options(source: QuestionSource) -> dict[str, Any]:
    """Return the data of `one`, `several` and `prints`: options with their explanations."""
    count = source.items("options")
    options = [_option(source, index) for index in range(count)]
    _check_ids(source, [option["id"] for option in options], "options")
    right, kind = sum(option["right"] for option in options), source.value("kind")
    if count < 2:
        source.fault("There are fewer than two options.", "Give at least two, better four.", "options")
    elif kind != "several" and right != 1:
        source.fault(
            f"{right} options are right.", "Mark exactly one with right: true, or use kind: several.", "options"
        )
    elif kind == "several" and right == 0:
        source.fault("No option is right.", "Mark the right ones with right: true.", "options")
    return {"options": options}


def _option(source: QuestionSource, index: int) -> dict[str, Any]:
    at = ("options", index)
    source.refuse_unknown({"id", "text", "right", "why", "tag"}, *at)
    right = source.value(*at, "right") is True
    tag = ""
    if not right:
        tag = source.slug(*at, "tag", wanted="Name the misconception of this wrong option: tag: padding-forgotten.")
    return {
        "id": source.slug(*at, "id", wanted="Give the option an id in lower-case-words."),
        "text": source.text(*at, "text", wanted="Say what the option claims."),
        "right": right,
        "why": source.text(*at, "why", wanted="Explain why this option is right or wrong; every option needs it."),
        "tag": tag,
    }


def _check_ids(source: QuestionSource, ids: list[str], key: str) -> None:
    for index, each in enumerate(ids):
        if each and each in ids[:index]:
            source.fault(f"The id {each!r} is used twice in this question.", "Give each its own.", key, index, "id")


def read_order(source: QuestionSource) -> dict[str, Any]:
    """Return the data of `order`: items in the right order, and the wrong orders that have a name."""
    items = [_item(source, index) for index in range(source.items("items"))]
    ids = [item["id"] for item in items]
    _check_ids(source, ids, "items")
    if len(items) < 3:
        source.fault("There are fewer than three items.", "Give at least three things to put in order.", "items")
    wrong = [_wrong_order(source, index, ids) for index in range(source.items("wrong"))]
    return {"items": items, "wrong": wrong, "otherwise": otherwise(source)}


def _item(source: QuestionSource, index: int) -> dict[str, str]:
    source.refuse_unknown({"id", "text"}, "items", index)
    return {
        "id": source.slug("items", index, "id", wanted="Give the item an id in lower-case-words."),
        "text": source.text("items", index, "text", wanted="Say what the item is."),
    }


def _wrong_order(source: QuestionSource, index: int, ids: list[str]) -> dict[str, Any]:
    source.refuse_unknown({"order", "why", "tag"}, "wrong", index)
    order = source.value("wrong", index, "order")
    if not isinstance(order, list) or sorted(map(str, order)) != sorted(ids) or order == ids:
        source.fault(
            "This is not a wrong order of the items.",
            "List every item's id once, not in the right order.",
            "wrong",
            index,
        )
    return {"order": order, **explained(source, "wrong", index)}
