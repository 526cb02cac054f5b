import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";

interface TextFieldProps {
  label: string;
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
  inputRef?: Ref<HTMLInputElement>;
  /** Stands at the end of the field, in its line. */
  children?: ComponentChildren;
}

/** A labelled line of text with its hint and what is wrong with it. */
export function TextField({
  label,
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
  return (
    <div class="nbr-field" data-bad={problem ? "1" : "0"}>
      <label for={id}>{label}</label>
      <div class="nbr-field-line">
        <input
          ref={inputRef ?? null}
          id={id}
          {...(hidden ? HIDDEN : SHOWN)}
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

const SHOWN = { type: "text", autocomplete: "off" } as const;
const HIDDEN = { type: "password", autocomplete: "new-password" } as const;

/** The notebook takes Enter for itself before the browser would send the form by it. */
function sendByEnter(event: KeyboardEvent & { currentTarget: HTMLInputElement }): void {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  event.stopPropagation();
  event.currentTarget.form?.requestSubmit();
}
