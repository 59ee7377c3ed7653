"""From files to a release: read, check everything, write one release in one transaction.

`parts` is where other apps register what they contribute; `reading` turns a folder into a checked edition; `storing`
writes an edition; `preview` says whom it would touch.
"""

from courses.publishing.parts import ParsedPart, PartContext, PartSource, part_kinds, register_part_kind

__all__ = ["ParsedPart", "PartContext", "PartSource", "part_kinds", "register_part_kind"]
