import type { ComponentChildren, Ref } from "preact";

interface ButtonProps {
  children: ComponentChildren;
  onClick?: () => void;
  /** `primary`: the one that goes on. `quiet`: no border until it is pointed at. */
  kind?: "primary" | "plain" | "quiet";
  type?: "button" | "submit";
  /** Says what an icon does, or more than the text does. */
  label?: string;
  disabled?: boolean;
  buttonRef?: Ref<HTMLButtonElement>;
  onBlur?: () => void;
}

export function Button({
  children,
  kind = "plain",
  type = "button",
  label,
  buttonRef,
  ...rest
}: ButtonProps) {
  return (
    <button
      ref={buttonRef ?? null}
      type={type}
      class={`nbr-btn nbr-btn-${kind}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      {children}
    </button>
  );
}
