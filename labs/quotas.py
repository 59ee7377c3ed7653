"""How many runs one person may have waiting and running at once."""

from django.conf import settings

from accounts.models import User
from labs.models import Run


class QuotaError(Exception):
    """Someone asked for more runs at once than they may have; the text is the sentence for them."""


def check(owner: User, *, more: int = 1) -> None:
    """Raise QuotaError when `more` runs would make more unended runs than this person may have.

    Call it in the transaction that adds the runs: the lock on the owner's row makes two submits at once count each
    other.
    """
    User.objects.select_for_update().get(pk=owner.pk)
    allowed = settings.STRIDE_GUEST_OPEN_RUNS if owner.is_guest else settings.STRIDE_OPEN_RUNS
    unended = Run.objects.owned_by(owner).unended().count()
    if unended + more > allowed:
        raise QuotaError(_sentence(unended, allowed, more=more, is_guest=owner.is_guest))


def _sentence(unended: int, allowed: int, *, more: int, is_guest: bool) -> str:
    have = (
        f"You have {unended} {'run' if unended == 1 else 'runs'} waiting or running, and {allowed} is the most at once."
    )
    have += f" These would be {more} more." if more > 1 else ""
    remedy = "Wait for one to end, or stop one." if more == 1 else "Ask for fewer, or stop some."
    return f"{have} {remedy}" + (" Signing up raises the limit." if is_guest else "")
