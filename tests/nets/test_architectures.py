"""What is said of each network is true of it, and forms show only those that fit the data."""

import re

from nets import catalog
from nets.architectures import ARCHITECTURES, DRAWN, KNOWN, LIBRARY, fits
from nets.specs import BOUNDS, Choice, TrainSpec


def test_a_spec_may_name_every_network_that_we_know_and_no_other() -> None:
    bound = BOUNDS["arch"]
    assert isinstance(bound, Choice)
    assert bound.allowed == tuple(KNOWN) == (*ARCHITECTURES, *LIBRARY, DRAWN)
    assert not any(entry.is_library for entry in ARCHITECTURES.values())


def test_a_library_network_names_its_package() -> None:
    assert all(entry.is_library for entry in LIBRARY.values())
    assert {name.partition("/")[0] for name in LIBRARY} == {"torchvision", "timm"}


def test_every_network_has_its_own_title_and_one_sentence_for_learners() -> None:
    # ResNet-20 of section 4.2 and ResNet-18 of table 1 are told apart by their numbers alone.
    assert len({entry.title for entry in KNOWN.values()}) == len(KNOWN)
    for entry in KNOWN.values():
        assert re.fullmatch(r"[A-Z0-9][^.]*(\.\d[^.]*)*\.", entry.caption), entry.caption
        assert 1998 <= entry.year <= 2026
        assert entry.paper


def test_captions_tell_networks_of_one_family_apart() -> None:
    captions = [entry.caption for entry in ARCHITECTURES.values()]
    assert len(set(captions)) == len(captions)


def test_a_network_fits_the_images_that_it_is_meant_for() -> None:
    for name, entry in KNOWN.items():
        assert fits(name, entry.shape)
        assert min(entry.shape[1:]) >= entry.smallest_side


def test_a_network_fits_no_image_of_half_the_size_and_none_of_twice_the_size() -> None:
    for name, entry in KNOWN.items():
        channels, rows, columns = entry.shape
        assert not fits(name, (channels, rows // 2 - 1, columns))
        assert not fits(name, (channels, rows, 2 * columns + 1))


def test_forms_offer_no_network_for_photos_when_the_data_are_digits() -> None:
    shown = [option.name for option in catalog.choices_for(catalog.FIELDS["arch"], shape=(1, 32, 32))]
    assert shown == [name for name, entry in ARCHITECTURES.items() if entry.shape[1] == 32]
    assert TrainSpec().arch in shown


def test_forms_offer_every_choice_of_the_other_fields() -> None:
    for field in catalog.FIELDS.values():
        if field.name != "arch":
            assert catalog.choices_for(field, shape=(1, 32, 32)) == field.choices
