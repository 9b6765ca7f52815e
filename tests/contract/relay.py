"""A relay between a Firestore client and the emulator that can lose, repeat and refuse what it carries."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc


def nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request.

    Attributes:
        before: Is called before the request is delivered.
        copies: How often it is delivered; the answer is that to the last copy.
        after: Is called after that.
        answer: The status that the client gets in place of the answer.
    """

    before: Callable[[], object] = nothing
    copies: int = 1
    after: Callable[[], object] = nothing
    answer: grpc.StatusCode | None = None


LOST_ANSWER = Fault(answer=grpc.StatusCode.UNAVAILABLE)
LOST_REQUEST = Fault(copies=0, answer=grpc.StatusCode.UNAVAILABLE)
REPEATED = Fault(copies=2)


class Relay:
    """Carries each request on, after its turn of the faults.

    Attributes:
        commits: Faults for the next commits; when used up, commits are carried as they are.
        reads: Likewise for all other calls.
        seen: How many commits came.
    """

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self.commits: deque[Fault] = deque()
        self.reads: deque[Fault] = deque()
        self.seen = 0

    def service(self, call: Any) -> Any:
        """Return what gRPC asks for a method's handler."""
        if call.method.endswith("/Commit"):
            return grpc.unary_unary_rpc_method_handler(
                lambda request, context: self._commit(call, request, context)
            )
        return grpc.unary_stream_rpc_method_handler(
            lambda request, context: self._read(call, request, context)
        )

    def _commit(self, call: Any, request: bytes, context: Any) -> Any:
        self.seen += 1
        deliver = self._channel.unary_unary(call.method)
        fault = self.commits.popleft() if self.commits else Fault()
        return self._carried(fault, context, lambda: deliver(request, metadata=call.invocation_metadata))

    def _read(self, call: Any, request: bytes, context: Any) -> Iterator[Any]:
        deliver = self._channel.unary_stream(call.method)
        fault = self.reads.popleft() if self.reads else Fault()
        yield from self._carried(
            fault, context, lambda: list(deliver(request, metadata=call.invocation_metadata))
        )

    def _carried(self, fault: Fault, context: Any, deliver: Callable[[], Any]) -> Any:
        fault.before()
        answer, refusal = None, fault.answer
        for _ in range(fault.copies):
            try:
                answer = deliver()
            except grpc.RpcError as error:
                refusal = refusal or error.code()
        fault.after()
        if refusal is not None:
            context.abort(refusal, "as the relay was told, or the emulator said")
        return answer


@contextmanager
def relayed(target: str) -> Iterator[tuple[Relay, str]]:
    """Run a relay to the target, and give it with its address."""
    server = grpc.server(ThreadPoolExecutor(4))
    with grpc.insecure_channel(target) as channel:
        relay = Relay(channel)
        server.add_generic_rpc_handlers((relay,))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield relay, f"127.0.0.1:{port}"
        server.stop(grace=None).wait()
