"""What of a run has to be the same however often it was broken off: all but the times. Nothing in here trains."""

from safetensors.numpy import load_file

TIMES = {"seconds", "ratings_per_second"}


def numbers_of(store, run_id):
    """Every event and every tensor of a finished run as a dictionary that two equal runs have in common, bit by bit."""
    records = [
        {name: value for name, value in event.to_json().items() if name not in TIMES}
        for event in store.history(run_id).events()
    ]
    checkpoint = load_file(store.checkpoint(run_id))
    factors = load_file(store.folder / run_id / "factors.safetensors")
    tensors = {f"checkpoint {name}": array for name, array in checkpoint.items()} | factors
    numbers = {f"event {number}": record for number, record in enumerate(records)}
    return numbers | {name: (array.shape, array.dtype.str, array.tobytes()) for name, array in tensors.items()}


def differences(numbers, expected):
    """What is not the same, by name."""
    return [name for name in {**numbers, **expected} if numbers.get(name) != expected.get(name)]
