"""What a learner reads when a run broke."""

from labs.remedies import explain
from nets.memory import MemoryExceeded
from nets.specs import SpecError


def test_the_batch_that_was_found_to_fit_is_the_remedy() -> None:
    reason, remedy = explain(MemoryExceeded(batch_size=1024, fits=128), spec={"batch_size": 1024})
    assert reason == "out_of_memory"
    assert remedy.endswith("Try a batch size of 128.")


def test_where_nothing_was_tried_half_is_the_guess() -> None:
    assert explain(MemoryError(), spec={"batch_size": 512})[1].endswith("Try a batch size of 256.")


def test_a_network_of_which_not_even_one_image_fits_is_too_large() -> None:
    for error, batch_size in ((MemoryExceeded(batch_size=64, fits=None), 64), (MemoryError(), 1)):
        assert explain(error, spec={"batch_size": batch_size})[1].endswith("choose a smaller network.")


def test_what_only_the_worker_could_find_wrong_in_a_spec_is_told_in_its_own_words() -> None:
    reason, remedy = explain(SpecError({"arch": "timm is not installed here."}), spec={})
    assert (reason, remedy) == ("error", "timm is not installed here. Change that setting and train again.")
