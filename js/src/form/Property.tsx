import { useRef, useState } from "preact/hooks";
import { Icon } from "../controls/Icon";
import { Button } from "../kit/Button";
import type { FormClient } from "./client";
import { Editor } from "./Editor";
import type { CardFact, LayerCard, Origin } from "./protocol";

interface PropertyProps {
  client: FormClient;
  entry: number;
  layer: LayerCard;
  fact: CardFact;
}

/** How a value is known, for people. */
const MEANING: Record<Origin, string> = {
  metadata: "The data say so",
  name: "Read from a name",
  sampled: "Measured on some of the data",
  assumed: "Nothing says so: a default",
  user: "You said so",
};

/** Whether a person should look at it: colours are a matter of taste, and unknown is no assumption. */
export function isToConfirm({ origin, edit }: CardFact): boolean {
  return origin === "assumed" && edit !== null && edit.field !== "color" && edit.value.some(Boolean);
}

/** One property of a layer: what it is, how that is known, and what a person can do about it. */
export function Property({ client, entry, layer, fact }: PropertyProps) {
  const { label, value, origin, note, edit } = fact;
  const { imported } = client.state.value;
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const says = note ? `${MEANING[origin]}: ${note}` : MEANING[origin];
  const send = (parts: readonly string[]) =>
    edit &&
    client.send({
      kind: "correct",
      entry,
      layer: layer.index,
      field: edit.field,
      channel: edit.channel,
      value: parts,
    });
  // The button that was pressed goes away; the value stays, and takes the focus.
  const settle = (parts: readonly string[]) => {
    send(parts);
    button.current?.focus();
  };
  const close = (focus: boolean) => {
    setEditing(false);
    // The button is there again once the editor is gone.
    if (focus) requestAnimationFrame(() => button.current?.focus());
  };
  if (edit && editing && !imported) {
    return (
      <div class="nbr-editing">
        <dt>{label}</dt>
        <dd>
          <Editor client={client} layer={layer} fact={fact} edit={edit} onSend={send} onClose={close} />
        </dd>
      </div>
    );
  }
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {edit && !imported ? (
          <button
            ref={button}
            type="button"
            class="nbr-value"
            aria-label={`Edit ${label} of ${layer.name}: ${value}`}
            title={`Edit ${label}`}
            onClick={() => setEditing(true)}
          >
            {edit.field === "color" && <span class="nbr-swatch" style={{ background: value }} />}
            {value}
            <Icon name="edit" />
          </button>
        ) : (
          <span>{value}</span>
        )}
        <span class={`nbr-badge nbr-badge-${badgeOf(fact)}`} title={says}>
          {origin === "user" ? "yours" : origin}
        </span>
        {isToConfirm(fact) && !imported && (
          <button
            type="button"
            class="nbr-link"
            aria-label={`Confirm ${label} of ${layer.name}`}
            onClick={() => settle(edit?.value ?? [])}
          >
            Confirm
          </button>
        )}
        {edit?.corrected && !imported && (
          <Button kind="quiet" label={`Take back ${label} of ${layer.name}`} onClick={() => settle([])}>
            <Icon name="back" />
          </Button>
        )}
        {note && (origin === "assumed" || origin === "user") && <small>{note}</small>}
      </dd>
    </div>
  );
}

/** What is assumed but no question to anybody looks like what is known. */
function badgeOf(fact: CardFact): string {
  return fact.origin === "assumed" && fact.edit && !isToConfirm(fact) ? "metadata" : fact.origin;
}
