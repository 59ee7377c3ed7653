"""Hashed static files: a long chain of imports is followed to its end, in whatever order its files come."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from stride.static import HashedStaticFiles

LINKS = 12


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_chain_of_imports_is_followed_to_its_end(tmp_path: Path, settings: Any, is_reversed: bool) -> None:
    settings.DEBUG = False
    names = [f"link-{number:02}.js" for number in range(LINKS)]
    (tmp_path / "source").mkdir()
    for name, imported in zip(names, [*names[1:], None], strict=True):
        text = f'import "./{imported}";\n' if imported else "export const end = 1;\n"
        (tmp_path / "source" / name).write_text(text)
    source = FileSystemStorage(tmp_path / "source")
    made = HashedStaticFiles(location=tmp_path / "made", base_url="/static/")
    for name in names:
        with source.open(name) as file:
            made.save(name, file)
    order = names[::-1] if is_reversed else names
    faults = [fault for _, _, fault in made.post_process({name: (source, name) for name in order})]
    assert [fault for fault in faults if isinstance(fault, Exception)] == []
    first = made.hashed_files[names[0]]
    assert made.hashed_files[names[1]] in (tmp_path / "made" / first).read_text()
