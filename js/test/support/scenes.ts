import type { Scene, SceneChannel, SceneLayer, SceneLevel } from "../../src/protocol";
import { XY, type Xyz } from "../../src/view/plane";
import { type Choices, type Hovered, type ShownLayer, shownLayers } from "../../src/view/shown";
import type { Viewport } from "../../src/view/viewport";

export function level(shape: Xyz, factor: Xyz = [1, 1, 1], offset: Xyz = [0, 0, 0]): SceneLevel {
  return { shape_xyz: shape, factor_xyz: factor, offset_xyz: offset };
}

/** Levels halved in all axes, each cut short as stored pyramids are. */
export function pyramid(shape: Xyz, count: number): SceneLevel[] {
  return Array.from({ length: count }, (_, at) => {
    const factor = 2 ** at;
    const smaller = (size: number) => Math.max(1, Math.floor(size / factor));
    return level([smaller(shape[0]), smaller(shape[1]), smaller(shape[2])], [factor, factor, factor]);
  });
}

export function channel(changes: Partial<SceneChannel> = {}): SceneChannel {
  return {
    name: "",
    color: [255, 255, 255],
    visible: true,
    inverted: false,
    contrast_range: null,
    ...changes,
  };
}

export function layer(changes: Partial<SceneLayer> = {}): SceneLayer {
  return {
    name: "em",
    category: "color",
    dtype: "uint8",
    levels: [level([100, 80, 10])],
    channels: [channel()],
    extra_axes: [],
    segment_colors: [],
    problem: null,
    ...changes,
  };
}

export function scene(layers: SceneLayer[], changes: Partial<Scene> = {}): Scene {
  const finest = layers[0]?.levels[0];
  return {
    protocol: 1,
    tile_size: 256,
    voxel_size_nm_xyz: [1, 1, 1],
    voxel_size_known: true,
    lower_xyz: [0, 0, 0],
    upper_xyz: finest?.shape_xyz ?? [1, 1, 1],
    layers,
    ...changes,
  };
}

const NO_CHOICES: Choices = {
  visible: {},
  opacity: {},
  channels: {},
  colors: {},
  inverted: {},
  extra: {},
  contrast: {},
  selected: {},
};

export function shown(
  layers: SceneLayer[],
  choices: Partial<Choices> = {},
  hovered: Hovered = {},
): ShownLayer[] {
  return shownLayers(scene(layers), { ...NO_CHOICES, ...choices }, hovered);
}

export function viewport(changes: Partial<Viewport> = {}): Viewport {
  return {
    plane: XY,
    position: [50, 40, 5.5],
    zoom: 1,
    voxelSize: [1, 1, 1],
    width: 200,
    height: 100,
    dpr: 1,
    ...changes,
  };
}
