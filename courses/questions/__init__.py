"""What is asked: from a question's source to the data that is served, graded and explained. Pure.

`source` has what every kind shares; `choices`, `numbers` and `places` read the kinds; `reading` joins them.
The data are JSON: texts are rendered HTML, keys and explanations stand beside them and never leave the server before
an answer is given (`courses.serving` picks what may be shown).
"""
