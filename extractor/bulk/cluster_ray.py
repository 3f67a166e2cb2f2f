"""What the driver of a job on a cluster asks of Ray: to be connected, who is there, an actor on each node."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from extractor.bulk.cluster_node import Node
from extractor.bulk.local import Call
from extractor.errors import ClusterError

_REACHED = 10.0
"""Seconds that a cluster may take to answer at its address."""


@contextmanager
def joined(address: str) -> Iterator[None]:
    """Connected to the cluster.

    Raises:
        ClusterError: it cannot be reached, or Ray is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    _check(address)
    try:
        import ray  # noqa: PLC0415
    except ImportError:
        raise _needs_ray() from None
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, namespace="extractor")
    except (ConnectionError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        raise _no_cluster(address, error) from None
    try:
        yield
    finally:
        ray.shutdown()


def _check(address: str) -> None:
    """Ray waits for minutes where nobody answers."""
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if not host or "/" in address or not (port.isascii() and port.isdecimal()):
        raise ClusterError(
            f"--cluster {address}: expected auto, or a host and port like head.example:6379",
            f"--cluster {address}：应为 auto，或形如 head.example:6379 的主机和端口",
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), _REACHED).close()
    except (OSError, OverflowError, UnicodeError) as error:
        raise _no_cluster(address, error) from None


def actor_of(call: Call, node: str, workers: int) -> Any:
    """The actor of one node: bound to it, started again when its process ends."""
    import ray  # noqa: PLC0415
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415

    here = NodeAffinitySchedulingStrategy(node, soft=False)
    options = {"num_cpus": workers, "max_restarts": -1, "max_task_retries": 0, "scheduling_strategy": here}
    return ray.remote(Node).options(**options).remote(_for_a_node(call, workers))


def _for_a_node(call: Call, workers: int) -> Call:
    """The call as a node takes it: the driver lists the files."""
    return replace(call, paths=[], manifest=None, workers=workers)


def alive_nodes() -> dict[str, int]:
    """The nodes that are there, with their processors as Ray counts them."""
    import ray  # noqa: PLC0415

    nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    return {node["NodeID"]: int(node["Resources"].get("CPU", 0)) for node in nodes if node["Alive"]}


def _needs_ray() -> ClusterError:
    return ClusterError(
        "a cluster needs Ray: pip install 'extractor[cluster]'", "使用集群需要 Ray：pip install 'extractor[cluster]'"
    )


def _no_cluster(address: str, error: Exception) -> ClusterError:
    told = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return ClusterError(f"no Ray cluster at {address}: {told}", f"{address} 处没有 Ray 集群：{told}")
