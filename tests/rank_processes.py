"""Starts processes that find each other as those of `torchrun` do, without the process that watches over them."""

import os
import socket
import subprocess


def start_ranks(command, n_ranks, **options):
    """The command in as many processes on this machine, which meet at a free port; `options` are those of `Popen`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(n_ranks), "OMP_NUM_THREADS": "1"}
    return [
        subprocess.Popen(command, env={**os.environ, **where, "RANK": str(rank), "LOCAL_RANK": str(rank)}, **options)
        for rank in range(n_ranks)
    ]
