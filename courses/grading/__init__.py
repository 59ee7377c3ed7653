"""Is this answer right, and if not, what does it show? Pure; knows every kind of question.

Forgiving of format: spaces, thousands separators, decimal commas where they can only be that, brackets, × signs. What
cannot be read is a *slip*: the learner gets a sentence and nothing is counted.
"""

from courses.grading.deciding import grade
from courses.grading.verdicts import Given, Slip, Verdict

__all__ = ["Given", "Slip", "Verdict", "grade"]
