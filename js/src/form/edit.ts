import type { CardFact, EditField, FormState, LayerCard } from "./protocol";

/** Units that are offered; others stay where the data have them. */
export const UNITS = [
  ["angstrom", "Å"],
  ["nanometer", "nm"],
  ["micrometer", "µm"],
  ["millimeter", "mm"],
  ["centimeter", "cm"],
  ["meter", "m"],
] as const;

const XYZ = ["x", "y", "z"] as const;

/** What each part of a property is called in its editor. */
export function labelsOf(field: EditField, fact: CardFact, layer: LayerCard): readonly string[] {
  switch (field) {
    case "voxel_size":
      return [...XYZ, "unit"];
    case "bounding_box":
      return [...XYZ, "width", "height", "depth"];
    case "contrast":
      return ["low", "high"];
    case "axes":
      return (fact.edit?.value ?? []).map((_, at) => `axis ${at} ${extents(layer)[at] ?? ""}`.trim());
    default:
      return [fact.label];
  }
}

/** Extent of each stored axis in brackets, as the card says them (`z:4 y:8`). */
function extents({ facts }: LayerCard): readonly string[] {
  const axes = facts.find(({ edit }) => edit?.field === "axes")?.value ?? "";
  return axes.split(" ").map((one) => `(${one.split(":")[1] ?? "?"})`);
}

/** Characters for which a part's field has room. */
export function sizesOf(field: EditField): number {
  return field === "name" || field === "largest_segment_id" ? 20 : 7;
}

/** Gives a stored axis a name; the axis that had it takes the other's. */
export function withAxis(names: readonly string[], at: number, name: string): readonly string[] {
  const own = names[at] ?? "";
  return names.map((one, n) => (n === at ? name : one === name ? own : one));
}

/** What is plainly wrong with what is typed, empty when nothing is; the kernel looks closer. */
export function problemOf(
  field: EditField,
  parts: readonly string[],
  layer: LayerCard,
  state: FormState,
): string {
  switch (field) {
    case "name":
      return nameProblem(parts[0]?.trim() ?? "", layer, state);
    case "voxel_size": {
      const sizes = parts.slice(0, 3);
      return (
        numberProblem(sizes) || (sizes.some((one) => Number(one) <= 0) ? "A voxel is larger than 0." : "")
      );
    }
    case "bounding_box":
      return (
        numberProblem(parts) ||
        (parts.slice(3).some((one) => Number(one) <= 0) ? "Width, height and depth are larger than 0." : "")
      );
    case "contrast": {
      const rising = Number(parts[0]) < Number(parts[1]);
      return numberProblem(parts) || (rising ? "" : "The low end must be below the high end.");
    }
    case "largest_segment_id":
      return /^\s*0*[1-9]\d*\s*$/.test(parts[0] ?? "") ? "" : "An id is a whole number above 0.";
    case "axes":
      return ["x", "y"].every((name) => parts.includes(name)) ? "" : "There has to be an x and a y.";
    default:
      return "";
  }
}

function nameProblem(name: string, layer: LayerCard, { entries }: FormState): string {
  if (!name) return "A layer needs a name.";
  if (name.startsWith(".")) return "The name may not start with a full stop.";
  if (!/^[A-Za-z0-9_$.-]+$/.test(name)) return "Letters (a to z), digits, and _ - . $ but nothing else.";
  const others = entries
    .flatMap(({ layers }) => layers)
    .filter((one) => one !== layer && one.name !== layer.name);
  return others.some((one) => one.name === name) ? "Another layer has this name." : "";
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

function numberProblem(parts: readonly string[]): string {
  const wrong = parts.find((one) => !NUMBER.test(one) || !Number.isFinite(Number(one)));
  if (wrong === undefined) return "";
  if (!wrong.trim()) return "A number is missing.";
  return wrong.includes(",") ? "Write a full stop before decimals: 4.5." : `“${wrong.trim()}” is no number.`;
}
