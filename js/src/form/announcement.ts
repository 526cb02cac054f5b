import type { Entry, FormState } from "./protocol";

/** What a screen reader says of the address that was added last, and of the import. */
export function announcement({ entries, imported, name }: FormState): string {
  if (imported) return `Imported as ${name}`;
  const last = entries.at(-1);
  return last ? spoken(last) : "";
}

function spoken({ status, where, format, layers }: Entry): string {
  switch (status) {
    case "exploring":
      return `Looking at ${where}`;
    case "found":
      return `Found ${format}: ${count(layers.length, "layer")}`;
    case "cancelled":
      return `Cancelled looking at ${where}`;
    case "failed":
      return ""; // its alert speaks for itself
  }
}

export function count(number: number, what: string): string {
  if (number === 1) return `1 ${what}`;
  return `${number} ${what}${what.endsWith("s") ? "es" : "s"}`;
}
