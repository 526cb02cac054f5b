import type {
  AcceptedMessage,
  CloseMessage,
  ErrorInfo,
  FailedMessage,
  Scene,
  SnapshotMessage,
  TilesMessage,
  ViewMessage,
} from "./protocol";
import type { PlaneName, Xyz } from "./view/plane";
import type { ContrastLimits } from "./view/shown";

type Named<V> = Readonly<Record<string, V>>;

/** What lies under a resting pointer, by layer name; values are exact decimal text, one per channel. */
export interface HoveredTrait {
  readonly position: Xyz;
  readonly values: Named<readonly (string | null)[]>;
  readonly levels: Named<number>;
}

/** The traits of the Python widget that the page reads and writes. */
export interface Traits {
  /** The scene, as an object or as JSON text. */
  _scene: Scene | string | null;
  position: Xyz;
  /** CSS pixels per dataset voxel along the smallest voxel side; null asks the page to fit the data. */
  zoom: number | null;
  plane: PlaneName;
  contrast_limits: ContrastLimits;
  visible: Named<boolean>;
  opacity: Named<number>;
  channels: Named<readonly boolean[]>;
  colors: Named<readonly string[]>;
  inverted: Named<readonly boolean[]>;
  extra_axes: Named<number>;
  selected_segments: Named<readonly string[]>;
  _hovered: HoveredTrait | null;
  /** Which page told its gestures last, and how often it had; empty before. */
  _told: readonly [page: string, count: number] | readonly [];
  /** Height of the canvas, CSS pixels. */
  height: number;
  _problem: ErrorInfo | null;
  /** Name of the kernel's end of the channel; empty before it is open. */
  _comm_id: string;
  /** Python has a place for pictures of this view. */
  _snapshots_kept: boolean;
}

export type TraitName = keyof Traits;
export type ToKernel = ViewMessage | CloseMessage | SnapshotMessage;
export type FromKernel = AcceptedMessage | TilesMessage | FailedMessage;

/** What this package uses of an anywidget model, so that tests and the dev page can stand in for it. */
export interface Model {
  get<K extends TraitName>(name: K): Traits[K];
  set<K extends TraitName>(name: K, value: Traits[K]): void;
  save_changes(): void;
  send(content: ToKernel, callbacks?: undefined, buffers?: ArrayBuffer[]): void;
  on(event: `change:${TraitName}` | "comm_live_update", action: () => void): void;
  on(event: "msg:custom", action: (content: FromKernel, buffers: DataView[]) => void): void;
  off(
    event: `change:${TraitName}` | "msg:custom" | "comm_live_update",
    action: (...values: never[]) => void,
  ): void;
}
