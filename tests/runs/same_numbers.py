"""Compares what has to be the same of two runs, however often one of them was broken off: everything but the times."""

from safetensors.numpy import load_file

TIMES = {"seconds", "ratings_per_second"}


def numbers_of(store, run_id):
    """Every event and every tensor of a finished run by name, equal between two runs that are the same bit for bit."""
    records = [
        {name: value for name, value in event.to_json().items() if name not in TIMES}
        for event in store.history(run_id).events()
    ]
    with store.files.reading_checkpoint(run_id) as path:
        checkpoint = load_file(path)
    with store.files.store.reading(f"{run_id}/factors.safetensors") as path:
        factors = load_file(path)
    tensors = {f"checkpoint {name}": array for name, array in checkpoint.items()} | factors
    numbers = {f"event {number}": record for number, record in enumerate(records)}
    return numbers | {name: (array.shape, array.dtype.str, array.tobytes()) for name, array in tensors.items()}


def differences(numbers, expected):
    """The names of what is not the same."""
    return [name for name in {**numbers, **expected} if numbers.get(name) != expected.get(name)]
