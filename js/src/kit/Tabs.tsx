import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

export interface Tab {
  readonly name: string;
  readonly label: ComponentChildren;
  readonly content: ComponentChildren;
}

/** Panels of which one is shown. Arrow keys go from tab to tab, as everywhere. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const [shown, show] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (shown + step + tabs.length) % tabs.length;
    show(next);
    list.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div class="nbr-tabs">
      <div ref={list} class="nbr-tablist" role="tablist" aria-label={label}>
        {tabs.map(({ name, label: text }, at) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}-tab`}
            aria-selected={at === shown}
            aria-controls={`${id}-${name}`}
            tabIndex={at === shown ? 0 : -1}
            onClick={() => show(at)}
            onKeyDown={go}
          >
            {text}
          </button>
        ))}
      </div>
      {tabs.map(({ name, content }, at) => (
        <div
          key={name}
          role="tabpanel"
          id={`${id}-${name}`}
          aria-labelledby={`${id}-${name}-tab`}
          hidden={at !== shown}
        >
          {content}
        </div>
      ))}
    </div>
  );
}
