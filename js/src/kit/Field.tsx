import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";

interface TextFieldProps {
  label: string;
  /** It may have several lines, and grows with them. */
  lines?: boolean;
  value: string;
  onInput: (value: string) => void;
  /** The value is as it is to be, for now: the focus goes on. */
  onRest?: (value: string) => void;
  placeholder?: string;
  hint?: ComponentChildren;
  /** What is wrong with the value; null when nothing is. */
  problem?: ComponentChildren;
  /** Dots stand for what is typed, and no browser keeps it. */
  hidden?: boolean;
  readOnly?: boolean;
  inputRef?: Ref<TextInput>;
  /** Stands at the end of the field, in its line. */
  children?: ComponentChildren;
}

/** A labelled line of text with its hint and what is wrong with it. */
export function TextField({
  label,
  lines = false,
  value,
  onInput,
  onRest,
  placeholder,
  hint,
  problem,
  hidden = false,
  readOnly,
  inputRef,
  children,
}: TextFieldProps) {
  const id = useId();
  const Input = (lines ? "textarea" : "input") as "input";
  return (
    <div class="nbr-field" data-bad={problem ? "1" : "0"}>
      <label for={id}>{label}</label>
      <div class="nbr-field-line">
        <Input
          ref={(inputRef as Ref<HTMLInputElement>) ?? null}
          id={id}
          {...(lines ? linesOf(value) : hidden ? HIDDEN : SHOWN)}
          class="nbr-input"
          value={value}
          placeholder={placeholder}
          readOnly={readOnly}
          autocapitalize="off"
          spellcheck={false}
          aria-invalid={problem ? "true" : "false"}
          aria-describedby={`${id}-problem ${id}-hint`}
          onKeyDown={sendByEnter}
          onInput={(event) => onInput(event.currentTarget.value)}
          onBlur={(event) => onRest?.(event.currentTarget.value)}
        />
        {children}
      </div>
      <div id={`${id}-problem`} role="alert">
        {problem}
      </div>
      {hint && (
        <div id={`${id}-hint`} class="nbr-field-hint">
          {hint}
        </div>
      )}
    </div>
  );
}

export type TextInput = HTMLInputElement | HTMLTextAreaElement;

/** Most lines that are shown at once. */
const MOST_ROWS = 8;

function linesOf(value: string) {
  const rows = value.split("\n", MOST_ROWS).length;
  return { rows, wrap: "off", autocomplete: "off" } as const;
}

const SHOWN = { type: "text", autocomplete: "off" } as const;
const HIDDEN = { type: "password", autocomplete: "new-password" } as const;

/** The notebook takes Enter for itself before the browser would send the form by it. */
function sendByEnter(event: KeyboardEvent & { currentTarget: TextInput }): void {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.shiftKey && event.currentTarget instanceof HTMLTextAreaElement) {
    event.stopPropagation(); // another line, and not the notebook's command
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  event.currentTarget.form?.requestSubmit();
}
