"""From a lesson's Markdown to safe HTML. Pure: knows files' texts, not the database.

`syntax` parses; `context` holds what a text may refer to and the faults found; `resolving` checks and fills in values,
links, terms and pictures; `writing` turns the result into HTML; `fragments` does all of it for a piece of text.
"""
