import type { Entry, FormState, LayerCard } from "./protocol";

/** Layers of one address that stand together, or an address that has none. */
export interface Run {
  readonly entry: Entry;
  readonly layers: readonly LayerCard[];
  /** Whether it is the address's first: what concerns the address as a whole stands there. */
  readonly first: boolean;
}

/** What the form lists: layers in the dataset's order under their addresses, then what has no layers. */
export function runsOf({ entries, order }: FormState): readonly Run[] {
  const runs: { entry: Entry; layers: LayerCard[]; first: boolean }[] = [];
  const begun = new Set<number>();
  for (const { entry: number, layer: index } of order) {
    const entry = entries.find((one) => one.number === number);
    const layer = entry?.layers.find((one) => one.index === index);
    if (!entry || !layer) continue;
    const last = runs.at(-1);
    if (last?.entry === entry) last.layers.push(layer);
    else runs.push({ entry, layers: [layer], first: !begun.has(number) });
    begun.add(number);
  }
  for (const entry of entries) {
    if (!begun.has(entry.number)) runs.push({ entry, layers: [], first: true });
  }
  return runs;
}
