"""Whether voxels come, too: ranges, one chunk, what is said of a missing one, and how fast."""

import time
from dataclasses import dataclass

from nb_remote.arrays.level import human_bytes
from nb_remote.arrays.source import Source
from nb_remote.chunks.layout import ChunkLayout
from nb_remote.chunks.selection import AxisRange
from nb_remote.diagnosis.report import Step
from nb_remote.errors import AccessDenied, NbRemoteError, TooLarge
from nb_remote.infer.layer import InferredLayer
from nb_remote.store.web_page import is_web_page

MOST_CHUNK_BYTES = 64 * 2**20
"""Decoded; a larger chunk is not read just to look."""
NO_OBJECT = "nb-remote-looks-for-what-is-not-there"
_MOST_OF_A_PAGE = 2**16
_NEEDS_RANGES = (
    "This volume lies in shards or in a zip file, which are read in parts. Serve it with a server "
    "that understands Range requests (nginx, Apache, a bucket), or check the proxy before it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A step, with what it took."""

    step: Step
    seconds: float = 0.0
    received_bytes: int = 0


async def look_at_voxels(layer: InferredLayer, source: Source) -> list[Step]:
    """Read a few bytes and one chunk of the coarsest level of a layer.

    Parameters
    ----------
    source
        Where the arrays of the layer lie.
    """
    layouts = [one.layout for one in layer.arrays if one.layout is not None]
    problem = layer.problem or next((one.problem for one in layer.arrays if one.problem), None)
    if layer.problem is not None or not layouts:
        text = "the voxels can't be read" if problem is None else problem.text
        code, hint = ("unreadable", "") if problem is None else (problem.code, problem.hint)
        return [Step(name="chunk", outcome="failed", found=text, code=code, hint=hint)]
    layout = layouts[-1]
    if source.location.is_local:
        return [(await _chunk(source, layout)).step]
    ranges = await _ranges(source, layout)
    chunk = await _chunk(source, layout)
    steps = [_ranges_judged(ranges.step, source, layout), chunk.step]
    steps.append(await _missing(source, layout))
    if ranges.seconds and chunk.seconds and chunk.received_bytes:
        steps.append(_speed(ranges, chunk))
    return steps


async def _ranges(source: Source, layout: ChunkLayout) -> Timed:
    began = time.monotonic()
    try:
        part = await source.store.get_range(layout.metadata_key, 1, 2)
    except NbRemoteError as error:
        return Timed(step=Step(name="ranges", outcome="failed", found=error.text))
    if part is None:
        return Timed(step=Step(name="ranges", outcome="skipped", found="there was nothing to try"))
    step = Step(name="ranges", outcome="ok", found="a part of an object is sent when asked for")
    return Timed(step=step, seconds=time.monotonic() - began)


def _ranges_judged(step: Step, source: Source, layout: ChunkLayout) -> Step:
    if step.outcome != "failed" and not source.store.ranges_ignored:
        return step
    said = f": {step.found}" if step.outcome == "failed" else ", and sends whole objects instead"
    found = f"the server does not support ranges{said}"
    if layout.sharding or layout.minishards or source.location.zip_path is not None:
        return Step(
            name="ranges", outcome="failed", found=found, code="no-ranges", hint=_NEEDS_RANGES
        )
    return Step(
        name="ranges",
        outcome="warning",
        found=f"{found}; each chunk here is an object of its own, so none are needed",
    )


async def _chunk(source: Source, layout: ChunkLayout) -> Timed:
    if layout.chunk_bytes > MOST_CHUNK_BYTES:
        text = f"a chunk has {human_bytes(layout.chunk_bytes)}, which is not read just to look"
        return Timed(step=Step(name="chunk", outcome="skipped", found=text))
    reader = source.reader(layout)
    last = tuple(n - 1 for n in layout.grid_shape)
    indices = dict.fromkeys((tuple(n // 2 for n in last), tuple(0 for _ in last), last))
    for index in indices:
        before, began = source.meter.counts().received_bytes, time.monotonic()
        try:
            reading = await reader.read(_box(layout, index))
        except NbRemoteError as error:
            return Timed(step=_unread(error))
        if reading.missing_chunks == 0:
            count = source.meter.counts().received_bytes - before
            shape = " × ".join(map(str, layout.chunk_shape))
            text = f"a chunk of {shape} {layout.native_dtype} was read and decoded"
            step = Step(name="chunk", outcome="ok", found=text)
            return Timed(step=step, seconds=time.monotonic() - began, received_bytes=count)
    found = (
        f"the {len(indices)} chunks that were looked at do not exist: they read as "
        f"{layout.fill_value}"
    )
    hint = "Perhaps the volume is empty there, or its chunks were not uploaded."
    return Timed(step=Step(name="chunk", outcome="warning", found=found, hint=hint))


def _unread(error: NbRemoteError) -> Step:
    hint = error.hint
    if isinstance(error, AccessDenied):
        hint = (
            "The metadata can be read, this chunk not: it may be private, or missing on a server "
            f"that says so only to those who may list. {hint}"
        )
    found = f"a chunk can't be read: {error.text}"
    return Step(name="chunk", outcome="failed", found=found, code=error.code, hint=hint)


def _box(layout: ChunkLayout, index: tuple[int, ...]) -> tuple[AxisRange, ...]:
    return tuple(
        AxisRange(start=at * chunk, stop=min((at + 1) * chunk, size))
        for at, chunk, size in zip(index, layout.chunk_shape, layout.shape, strict=True)
    )


async def _missing(source: Source, layout: ChunkLayout) -> Step:
    """See how the server answers for what is not there, which a chunk may not be."""
    try:
        body = await source.store.get(f"{layout.keys.prefix}{NO_OBJECT}", limit=_MOST_OF_A_PAGE)
    except AccessDenied as error:
        found = f"what does not exist is refused, not missing: {error.text}"
        hint = (
            "Chunks that were never written show as errors, not as empty. Pass missing_on_403=True "
            "to open(), or let readers list the bucket, so that it answers 404."
        )
        return Step(name="missing", outcome="warning", found=found, hint=hint)
    except TooLarge:
        body = b""
    except NbRemoteError as error:
        found = f"asked for what does not exist, the server fails: {error.text}"
        return Step(name="missing", outcome="warning", found=found, hint=error.hint)
    if body is None:
        return Step(name="missing", outcome="ok", found="what does not exist is answered with 404")
    what = "a web page" if is_web_page(body) else "an object"
    return Step(
        name="missing",
        outcome="warning",
        found=f"what does not exist is answered with {what}",
        hint="Chunks that were never written can't be told: let the server answer 404.",
    )


def _speed(small: Timed, chunk: Timed) -> Step:
    rate = human_bytes(int(chunk.received_bytes / chunk.seconds))
    found = (
        f"a small read took {small.seconds * 1000:.0f} ms, a chunk of "
        f"{human_bytes(chunk.received_bytes)} {chunk.seconds * 1000:.0f} ms ({rate}/s)"
    )
    return Step(name="speed", outcome="ok", found=found)
