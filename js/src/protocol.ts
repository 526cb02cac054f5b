// Generated from src/nb_remote/widget/protocol.py by `python -m nb_remote.widget.protocol_ts`.
// Change that file, not this one.

/** What a page may show of an error: never a traceback, never a secret. */
export interface ErrorInfo {
  /** Short, stable name of the cause, for example `not-found`. */
  readonly code: string;
  /** What happened, in one sentence. */
  readonly text: string;
  /** The address or object it happened at; empty when it has none. */
  readonly where: string;
  /** What to try; empty when there is nothing to advise. */
  readonly hint: string;
}

/** `(layer, level, plane, channel, slice, row, column, *extra)`; see `widget.protocol`. */
export type Want = readonly number[];

export const PROTOCOL_VERSION = 1;

/** Of the PNG: a saved notebook holds it twice, in base64 (PNG and HTML). */
export const MAX_SNAPSHOT_BYTES = 262144;

/** Counters of one widget since it was made. */
export interface Stats {
  /** Requests sent to the stores. */
  readonly requests: number;
  /** Bytes of bodies received. */
  readonly bytes: number;
  /** Requests under way. */
  readonly in_flight: number;
  /** Chunks that do not exist (404) and were read as fill value. */
  readonly missing_chunks: number;
  /** Tiles read for the page, those ahead included. */
  readonly tiles_sent: number;
  /** Of them, tiles that were not in view yet. */
  readonly tiles_ahead: number;
  /** Of those, tiles that came into view, as far as the page has told. */
  readonly tiles_ahead_used: number;
  /** Tiles that had been made beforehand, together with those of neighbouring slices. */
  readonly tiles_ready: number;
  /** Tiles that were no longer wanted while they were read or waited to be sent. */
  readonly tiles_cancelled: number;
}

/** Page → kernel: all that this view wants now, most urgent first, instead of what it wanted. */
export interface ViewMessage {
  readonly kind: "view";
  /** Counts up per view; comes back in `AcceptedMessage`. */
  readonly rid: number;
  /** Names one view of the model: several cells may show the same widget. */
  readonly view: string;
  /** Counts up when the want-list changes. */
  readonly generation: number;
  /** Highest `TilesMessage.seq` this view has received. */
  readonly seen: number;
  /** True after a silence: what was sent may be lost, send it again. */
  readonly again: boolean;
  readonly wants: readonly Want[];
  /** So many of the wants are in view; the others will be, if the motion goes on. */
  readonly visible: number;
  /** Tiles farther along the motion through slices, to be made ready and not sent. */
  readonly warm: readonly Want[];
  /** Tiles that were sent before they were in view, and have come into view since. */
  readonly used: number;
}

/** Page → kernel: this view is gone, drop its wants. */
export interface CloseMessage {
  readonly kind: "close";
  readonly view: string;
}

/** Page → kernel: the canvas at rest, a PNG in the message's one buffer. */
export interface SnapshotMessage {
  readonly kind: "snapshot";
  readonly view: string;
  /** Point at the centre of the canvas, x y z in dataset voxels. */
  readonly position: readonly [number, number, number];
  readonly plane: "xy" | "xz" | "yz";
  /** Layers that are shown. */
  readonly layers: readonly number[];
  /** Tiles in view that could not be read. */
  readonly failed: number;
  /** Width of the canvas in CSS pixels; the PNG may have more or fewer. */
  readonly width: number;
}

/** Kernel → page: the view message `rid` is being worked on. */
export interface AcceptedMessage {
  readonly kind: "accepted";
  readonly view: string;
  readonly rid: number;
  readonly generation: number;
  readonly stats: Stats;
}

/** One tile of a `TilesMessage`. */
export interface TileHeader {
  readonly want: Want;
  /** `raw`: little-endian samples, rows one after the other. `deflate-raw`: the same, deflated. `runs`: the sample of each run of equal ones, then the index of the last sample of each (uint16). `const`: all samples are `value`, there is no buffer. */
  readonly enc: "raw" | "deflate-raw" | "const" | "runs";
  /** Index into the message's buffers; -1 for `const`. */
  readonly buffer: number;
  /** Rows in this tile, at most `Scene.tile_size`. */
  readonly height: number;
  /** Samples per row. */
  readonly width: number;
  /** `uint8` to `uint64`, `int8` to `int64`, `float32`, `float64`; bool as uint8. */
  readonly dtype: string;
  /** For `const`: the value as decimal text, exact for 64 bit (or `nan`, `inf`). */
  readonly value: string;
  /** True when a chunk under this tile does not exist, so that fill value is shown. */
  readonly missing: boolean;
}

/** Kernel → page: some of the wanted tiles, in the message's buffers. */
export interface TilesMessage {
  readonly kind: "tiles";
  readonly view: string;
  /** Counts up per view. */
  readonly seq: number;
  readonly generation: number;
  readonly tiles: readonly TileHeader[];
  readonly stats: Stats;
}

/** A tile that could not be read; asked for again only when the person does. */
export interface FailedTile {
  readonly want: Want;
  readonly error: ErrorInfo;
}

/** Kernel → page: tiles that could not be read. */
export interface FailedMessage {
  readonly kind: "failed";
  readonly view: string;
  readonly generation: number;
  readonly tiles: readonly FailedTile[];
  readonly stats: Stats;
}

/** One scale level, placed in dataset space (voxel corners, finest voxels). */
export interface SceneLevel {
  /** Voxels of this level; 1 where the array has no such axis. */
  readonly shape_xyz: readonly [number, number, number];
  /** Size of one voxel of this level in dataset voxels. */
  readonly factor_xyz: readonly [number, number, number];
  /** Corner of its first voxel in dataset voxels. */
  readonly offset_xyz: readonly [number, number, number];
}

/** One channel of a layer. */
export interface SceneChannel {
  readonly name: string;
  /** Red, green, blue, 0 to 255. */
  readonly color: readonly [number, number, number];
  readonly visible: boolean;
  readonly inverted: boolean;
  /** Ends of the contrast slider; None until the coarsest level was sampled. */
  readonly contrast_range: readonly [number, number] | null;
}

/** An axis that is neither x, y, z nor channel, for example time. */
export interface SceneAxis {
  readonly name: string;
  readonly size: number;
}

/** One layer as the page draws it. */
export interface SceneLayer {
  readonly name: string;
  readonly category: "color" | "segmentation";
  readonly dtype: string;
  /** Finest first. */
  readonly levels: readonly SceneLevel[];
  /** At least one. */
  readonly channels: readonly SceneChannel[];
  readonly extra_axes: readonly SceneAxis[];
  /** Segment id, decimal text, and the colour `#rrggbbaa` that the metadata give it; all others have Neuroglancer's. At most 10000. */
  readonly segment_colors: readonly (readonly [string, string])[];
  /** Set when the layer can't be drawn; its other fields may then be empty. */
  readonly problem: ErrorInfo | null;
}

/** All that the page needs to know before the first tile. */
export interface Scene {
  readonly protocol: number;
  readonly tile_size: number;
  /** Dataset voxel, nanometres. */
  readonly voxel_size_nm_xyz: readonly [number, number, number];
  /** False when the voxel size was assumed: the scale bar then counts voxels. */
  readonly voxel_size_known: boolean;
  /** Lower corner of the dataset's bounding box, dataset voxels. */
  readonly lower_xyz: readonly [number, number, number];
  /** Upper corner, exclusive. */
  readonly upper_xyz: readonly [number, number, number];
  readonly layers: readonly SceneLayer[];
}
