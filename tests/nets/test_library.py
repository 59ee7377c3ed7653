"""Networks of other packages: built and trained when they are there, and one clear sentence when they are not."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import models

from nets.architectures import LIBRARY
from nets.zoo import build, library
from nets.zoo.library import LibraryError

OF_TORCHVISION = sorted(name for name in LIBRARY if name.startswith("torchvision/"))
# The smallest file of weights that torchvision has for any of them: 5 MB.
SMALL = "squeezenet1_1"


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Path]:
    """Give torch an empty cache for downloaded files, and return the folder where it looks for weights."""
    before = torch.hub.get_dir()
    torch.hub.set_dir(tmp_path)
    yield tmp_path / "checkpoints"
    torch.hub.set_dir(before)


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send every download to a port where nobody listens."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(urllib.request, "_opener", None)


def stored(folder: Path, model: str = SMALL, *, of: str = SMALL) -> nn.Module:
    """Write weights for `model`, in the form and under the name of torchvision's own; return their network."""
    torch.manual_seed(0)
    network: nn.Module = models.get_model(of, weights=None).eval()
    folder.mkdir(exist_ok=True)
    torch.save(network.state_dict(), folder / Path(models.get_model_weights(model).DEFAULT.url).name)
    return network


@pytest.mark.parametrize("name", OF_TORCHVISION)
def test_torchvision_makes_every_network_that_we_offer_at_the_size_that_we_say(name: str) -> None:
    entry = LIBRARY[name]
    for side in (entry.smallest_side, 224):
        with torch.device("meta"):
            network = build(name, shape=(3, side, side), classes=7).eval()
            assert network(torch.zeros(1, 3, side, side)).shape == (1, 7)


def test_a_network_of_torchvision_trains() -> None:
    torch.manual_seed(0)
    network = build("torchvision/resnet18", shape=(3, 32, 32), classes=10)
    images, labels = torch.rand(4, 3, 32, 32), torch.arange(4)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01)
    before = F.cross_entropy(network(images), labels)
    before.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    assert F.cross_entropy(network(images), labels) < before


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_a_network_takes_images_of_other_than_three_channels(channels: int) -> None:
    network = build("torchvision/mobilenet_v2", shape=(channels, 32, 32), classes=3).eval()
    assert network(torch.rand(2, channels, 32, 32)).shape == (2, 3)


def test_weights_come_from_the_cache_all_but_the_head(cache: Path) -> None:
    source = stored(cache).state_dict()
    made = library.build(f"torchvision/{SMALL}", shape=(3, 64, 64), classes=5, weights=True).state_dict()
    other = {name for name in made if made[name].shape != source[name].shape}
    assert other == {"classifier.1.weight", "classifier.1.bias"}
    assert all(torch.equal(made[name], source[name]) for name in made if name not in other)


def test_with_as_many_classes_the_head_is_kept_too(cache: Path) -> None:
    source = stored(cache)
    made = library.build(f"torchvision/{SMALL}", shape=(3, 64, 64), classes=1000, weights=True).eval()
    images = torch.rand(2, 3, 64, 64)
    assert torch.equal(made(images), source(images))


def test_a_grey_image_is_seen_as_if_shown_in_all_three_colours(cache: Path) -> None:
    source = stored(cache)
    made = library.build(f"torchvision/{SMALL}", shape=(1, 64, 64), classes=1000, weights=True).eval()
    images = torch.rand(2, 1, 64, 64)
    torch.testing.assert_close(made(images), source(images.expand(-1, 3, -1, -1)), rtol=1e-4, atol=1e-5)


def test_without_weights_and_without_a_connection_the_remedy_is_named(cache: Path, no_connection: None) -> None:
    with pytest.raises(LibraryError) as caught:
        library.build(f"torchvision/{SMALL}", shape=(3, 64, 64), classes=5, weights=True)
    best = models.get_model_weights(SMALL).DEFAULT
    assert str(caught.value) == (
        f"The weights of {SMALL} are not on this machine and could not be downloaded; "
        f"bring {best.url} to {cache / Path(best.url).name}, or train without them."
    )


def test_a_damaged_file_of_weights_is_named(cache: Path) -> None:
    stored(cache)
    file = next(cache.iterdir())
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(LibraryError, match=rf"{file.name} are damaged; delete that file"):
        library.build(f"torchvision/{SMALL}", shape=(3, 64, 64), classes=5, weights=True)


def test_weights_of_another_network_are_refused(cache: Path) -> None:
    stored(cache, of="mobilenet_v3_small")
    with pytest.raises(LibraryError, match=r"do not fit it, first at classifier\.1\.bias"):
        library.build(f"torchvision/{SMALL}", shape=(3, 64, 64), classes=5, weights=True)


def test_weights_of_another_width_are_refused(cache: Path) -> None:
    state = stored(cache).state_dict()
    state["features.0.bias"] = torch.zeros(65)
    torch.save(state, next(cache.iterdir()))
    with pytest.raises(LibraryError, match=r"do not fit it, first at features\.0\.bias"):
        library.build(f"torchvision/{SMALL}", shape=(3, 64, 64), classes=5, weights=True)


def test_weights_for_five_channels_are_refused(cache: Path) -> None:
    with pytest.raises(LibraryError, match="1 or 3 channels, not 5; train it without"):
        library.build(f"torchvision/{SMALL}", shape=(5, 64, 64), classes=5, weights=True)


@pytest.mark.parametrize("name", ["keras/resnet50", "torchvision", "torchvision/", "/"])
def test_a_name_without_a_known_package_is_refused(name: str) -> None:
    with pytest.raises(LibraryError, match=f"named torchvision/... or timm/...; “{name}” was given"):
        library.build(name, shape=(3, 32, 32), classes=10)


def test_a_network_that_torchvision_does_not_have_is_refused_with_some_that_it_has() -> None:
    with pytest.raises(LibraryError, match="has no network “resnet19”; it has alexnet"):
        build("torchvision/resnet19", shape=(3, 32, 32), classes=10)


@pytest.mark.parametrize("package", ["timm", "torchvision"])
def test_an_absent_package_is_named_with_its_remedy(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # None in sys.modules is how Python itself marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "timm", None)
    monkeypatch.setitem(sys.modules, "torchvision.models", None)
    with pytest.raises(LibraryError, match=f"{package} is not installed here; install it with “pip install {package}”"):
        build(f"{package}/resnet18", shape=(3, 32, 32), classes=10)


def test_timm_makes_every_network_that_we_offer_of_it() -> None:
    pytest.importorskip("timm", reason="timm is not installed: its networks cannot be built")
    for name in (name for name in LIBRARY if name.startswith("timm/")):
        with torch.device("meta"):
            network = build(name, shape=(1, 224, 224), classes=7).eval()
            assert network(torch.zeros(1, 1, 224, 224)).shape == (1, 7)
    with pytest.raises(LibraryError, match="timm has no network “resnet19”"):
        build("timm/resnet19", shape=(3, 32, 32), classes=10)


def test_timm_says_in_a_sentence_when_its_weights_are_not_to_be_had(tmp_path: Path) -> None:
    pytest.importorskip("timm", reason="timm is not installed: its weights cannot be asked for")
    program = (
        "from nets.zoo.library import LibraryError, build\n"
        "try:\n    build('timm/convnext_atto', shape=(3, 32, 32), classes=10, weights=True)\n"
        "except LibraryError as error:\n    print(error)"
    )
    # Its hub reads once, when it is imported, that it must not look for a connection.
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True, env=environment
    )
    assert 'run timm.create_model("convnext_atto", pretrained=True) once with a connection' in done.stdout
