"""The sheet that keeps room for widgets: one rule where the room is the same, more where it is another."""

from benchmarks.room import sheet


def test_a_widget_that_stands_alone_is_named_by_its_tag_and_near_heights_are_one_rule() -> None:
    taken = {("a-b", 'a-b[size="8"]', False): {18.0: 60.0, 20.0: 60.4, 22.375: 40.0}}
    rules = sheet(taken).partition("@media")[0].partition("*/")[2].split("\n")
    assert [rule for rule in rules if rule] == [
        "a-b { min-height: 60.0rem; }",
        # Not a hair wider than the phone that was measured: the rule is for that phone, too.
        "@container (min-width: 22.375rem) { a-b { min-height: 40.0rem; } }",
    ]


def test_a_widget_of_two_looks_is_named_by_each_and_fingers_have_rules_of_their_own() -> None:
    looks = ('a-b[size="8"]', 'a-b[size="9"]')
    taken = {("a-b", look, by_finger): {18.0: 10.0 + by_finger} for look in looks for by_finger in (False, True)}
    mouse, _, finger = sheet(taken).partition("@media (pointer: coarse) {")
    for look in looks:
        assert f"{look} {{ min-height: 10.0rem; }}" in mouse
        assert f"{look} {{ min-height: 11.0rem; }}" in finger
