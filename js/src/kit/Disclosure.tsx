import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Icon } from "../controls/Icon";

interface DisclosureProps {
  /** The line that is always there. */
  title: ComponentChildren;
  /** Stands at the end of that line and does not fold. */
  actions?: ComponentChildren;
  /** Until the person folds or unfolds it. */
  open?: boolean;
  children: ComponentChildren;
}

/** A line that unfolds what lies below it. */
export function Disclosure({ title, actions, open = false, children }: DisclosureProps) {
  const [chosen, choose] = useState<boolean | null>(null);
  const isOpen = chosen ?? open;
  const id = useId();
  return (
    <div class="nbr-disclosure" data-open={isOpen ? "1" : "0"}>
      <div class="nbr-disclosure-line">
        <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => choose(!isOpen)}>
          <Icon name="chevron" />
          {title}
        </button>
        {actions}
      </div>
      <div id={id} hidden={!isOpen}>
        {children}
      </div>
    </div>
  );
}
