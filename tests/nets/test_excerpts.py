"""What is cut out of our files runs on its own, with all that it needs and nothing else."""

from pathlib import Path

import pytest

from nets import excerpts
from nets.excerpts import excerpt, joined_imports

SOURCE = '''"""A module."""

import math
import torch.nn.functional as F
from torch import Tensor, nn

from nets.other import half

# How many.
COUNT: int = 3
UNUSED = 4


@staticmethod
def twice(x):
    # Inside.
    return even(x) * math.sqrt(COUNT)


def even(x):
    return twice(x) if x else half(x)


class Net(nn.Module):
    size = twice(1)
'''


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "other.py").write_text("def half(x):\n    return x / 2\n", encoding="utf-8")
    monkeypatch.setattr(excerpts, "_HERE", tmp_path)
    excerpts._read.cache_clear()


@pytest.mark.usefixtures("files")
def test_a_definition_brings_what_it_needs_and_nothing_else() -> None:
    found = excerpt([("made.py", "Net")])
    text = "\n".join(found.definitions)
    assert found.imports == ("from torch import nn", "import math")
    assert [word in text for word in ("# How many.\nCOUNT: int = 3", "@staticmethod\ndef twice", "def half")] == [
        True
    ] * 3
    assert "UNUSED" not in text
    assert text.index("COUNT") < text.index("def twice") < text.index("class Net")


@pytest.mark.usefixtures("files")
def test_definitions_that_need_each_other_come_once() -> None:
    found = excerpt([("made.py", "twice"), ("made.py", "even")])
    assert sum("def even" in text for text in found.definitions) == 1


@pytest.mark.usefixtures("files")
def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError, match="gone"):
        excerpt([("made.py", "gone")])


def test_imports_are_sorted_as_a_reader_expects() -> None:
    lines = ["from torch import nn", "import torch", "import math", "from torch import Tensor", "import numpy as np"]
    assert joined_imports(lines) == "import math\n\nimport numpy as np\nimport torch\nfrom torch import Tensor, nn"
