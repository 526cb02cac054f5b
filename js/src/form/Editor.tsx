import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "../controls/Icon";
import { Button } from "../kit/Button";
import type { FormClient } from "./client";
import { labelsOf, problemOf, sizesOf, UNITS, withAxis } from "./edit";
import type { CardFact, Edit, LayerCard } from "./protocol";

/** Typing that pauses this long is looked at by the kernel, milliseconds. */
export const TYPED_AFTER = 400;

interface EditorProps {
  client: FormClient;
  layer: LayerCard;
  fact: CardFact;
  edit: Edit;
  /** Tells the kernel and returns the message's number. */
  onSend: (parts: readonly string[]) => number | null;
  /** Whether the focus was in it. */
  onClose: (focus: boolean) => void;
}

/**
 * The parts of one property, edited. What is plainly wrong is said at once, the rest by the kernel; until it
 * is right the last right value stays. Enter and leaving it end the editing, Escape takes it back.
 */
export function Editor({ client, layer, fact, edit, onSend, onClose }: EditorProps) {
  const [before] = useState(edit);
  const [parts, setParts] = useState(edit.value);
  const [sent, setSent] = useState<{ rid: number; parts: readonly string[] } | null>(null);
  const [leaving, setLeaving] = useState<"key" | "away" | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  // What is unknown is no mistake until something is typed.
  const plain = sameParts(parts, before.value) ? "" : problemOf(edit.field, parts, layer, client.state.value);
  const refused = sent && sameParts(sent.parts, parts) ? client.refusalOf(sent.rid) : null;
  const problem = plain || (refused ? sentence(refused.problem.text, refused.problem.hint) : "");
  const unsent = !sameParts(parts, sent?.parts ?? before.value);

  const seen = edit.field === "contrast" ? client.contrastSeen(layer.name, edit.channel) : null;
  const send = () => {
    if (plain || !unsent) return;
    const rid = onSend(parts);
    if (rid !== null) setSent({ rid, parts });
  };
  useEffect(() => {
    if (plain || !unsent) return;
    const timer = setTimeout(send, TYPED_AFTER);
    return () => clearTimeout(timer);
  }, [parts, plain, unsent]);
  useEffect(() => {
    const [first] = root.current?.querySelectorAll<HTMLElement>("input, select") ?? [];
    first?.focus();
    if (first instanceof HTMLInputElement && first.type === "text") first.select();
  }, []);

  // It stays until the kernel has agreed, so that what it says against it is seen.
  const agreed = !unsent && (!sent || client.isAnswered(sent.rid)) && !refused;
  useEffect(() => {
    if (!leaving) return;
    if (agreed) onClose(leaving === "key");
    else if (problem) setLeaving(null);
  }, [leaving, agreed, problem]);
  const done = (how: "key" | "away") => {
    send();
    setLeaving(how);
  };
  const cancel = () => {
    if (sent) onSend(before.corrected ? before.value : []);
    onClose(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") cancel();
    else done("key");
  };
  const onFocusOut = (event: FocusEvent) => {
    const next = event.relatedTarget;
    if (!(next instanceof Node && root.current?.contains(next))) done("away");
  };
  const set = (at: number, value: string) => setParts(parts.map((one, n) => (n === at ? value : one)));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter and Escape work in each of its fields
    <div
      ref={root}
      class="nbr-editor"
      data-field={edit.field}
      data-bad={problem ? "1" : "0"}
      onKeyDown={onKeyDown}
      onFocusOut={onFocusOut}
    >
      <div class="nbr-editor-parts">
        {labelsOf(edit.field, fact, layer).map((label, at) => (
          <div key={label}>
            <label for={`${id}-${at}`}>{label}</label>
            <Part
              id={`${id}-${at}`}
              edit={edit}
              at={at}
              parts={parts}
              describedBy={`${id}-problem`}
              bad={problem !== ""}
              onSet={(value) =>
                edit.field === "axes" ? setParts(withAxis(parts, at, value)) : set(at, value)
              }
            />
          </div>
        ))}
        {seen && !sameParts(seen, parts) && (
          <button type="button" class="nbr-link" onClick={() => setParts(seen)}>
            As on the canvas
          </button>
        )}
        <Button kind="quiet" label={`Cancel editing ${fact.label}`} onClick={cancel}>
          <Icon name="close" />
        </Button>
      </div>
      <div id={`${id}-problem`} class="nbr-bad" role="alert">
        {problem}
      </div>
    </div>
  );
}

interface PartProps {
  id: string;
  edit: Edit;
  at: number;
  parts: readonly string[];
  describedBy: string;
  bad: boolean;
  onSet: (value: string) => void;
}

function Part({ id, edit, at, parts, describedBy, bad, onSet }: PartProps) {
  const value = parts[at] ?? "";
  const shared = {
    id,
    value,
    class: "nbr-input",
    "aria-invalid": bad ? "true" : "false",
    "aria-describedby": describedBy,
  } as const;
  const choices = choicesOf(edit, at, parts);
  if (choices) {
    return (
      <select {...shared} onChange={(event) => onSet(event.currentTarget.value)}>
        {choices.map(([name, label]) => (
          <option key={name} value={name} selected={name === value}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  if (edit.field === "color") {
    return <input {...shared} type="color" onInput={(event) => onSet(event.currentTarget.value)} />;
  }
  return (
    <input
      {...shared}
      type="text"
      inputMode={edit.field === "name" ? "text" : "decimal"}
      size={sizesOf(edit.field)}
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      onInput={(event) => onSet(event.currentTarget.value)}
    />
  );
}

type Choices = readonly (readonly [name: string, label: string])[];

function choicesOf({ field }: Edit, at: number, parts: readonly string[]): Choices | null {
  if (field === "category") return CATEGORIES;
  if (field === "voxel_size" && at === 3) {
    const unit = parts[3] ?? "";
    return UNITS.some(([name]) => name === unit) ? UNITS : [...UNITS, [unit, unit]];
  }
  if (field !== "axes") return null;
  return [...new Set([...AXES, ...parts])].map((name) => [name, name]);
}

const AXES = ["x", "y", "z", "c", "t"] as const;
const CATEGORIES: Choices = [
  ["color", "color (an image)"],
  ["segmentation", "segmentation"],
];

function sameParts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((part, at) => part === other[at]);
}

function sentence(text: string, hint: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  const whole = /[.!?]$/.test(begun) ? begun : `${begun}.`;
  return hint ? `${whole} ${hint}` : whole;
}
