"""The benchmark for a GPU runs everywhere, at toy size, and says so."""

import torch

from benchmarks import nets_gpu


def test_every_case_runs_at_toy_size_and_is_not_judged() -> None:
    figures = nets_gpu.figures(nets_gpu.TOY)
    assert len(figures) == len(nets_gpu.CASES) + 1
    for figure in figures:
        assert figure.is_met is None
        assert "toy" in figure.name
        assert "on a GPU" in figure.aim
        assert torch.cuda.is_available() or "there is no GPU" in figure.name
        assert float(figure.value.split()[0]) > 0
