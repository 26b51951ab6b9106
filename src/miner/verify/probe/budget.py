"""Less memory than a device has, to see what fits into it: a simulated budget, and never a smaller device.

This runs in the Python that is looked at: it needs the standard library of Python 3.10 and never imports miner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

LABEL = "simulated budget"
_MIB = 1 << 20


def stated(mib: float, fits: Mapping[str, bool | None]) -> dict[str, Any]:
    """Return what a result says of a budget: whether each variant fits, None where that is not known."""
    return {"label": LABEL, "mib": mib, "fits": dict(fits)}


def fits_on(torch: Any, device: str, mib: float, step: Callable[[], Any]) -> bool | None:
    """Return whether a step runs where the allocator of a CUDA device gives no more than a budget of MiB.

    None where the device has less than the budget. What is held when this is called counts as well.
    """
    total = torch.cuda.get_device_properties(device).total_memory
    if mib * _MIB > total:
        return None
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(mib * _MIB / total, device)
    try:
        step()
        torch.cuda.synchronize(device)
    except torch.cuda.OutOfMemoryError:
        return False
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)
        torch.cuda.empty_cache()
    return True
