import { Icon } from "../controls/Icon";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { Disclosure } from "../kit/Disclosure";
import type { CardFact, LayerCard, Origin } from "./protocol";

interface LayerProps {
  layer: LayerCard;
  open: boolean;
  onRemove?: (() => void) | undefined;
}

/** One layer: every property with how it is known. */
export function Layer({ layer, open, onRemove }: LayerProps) {
  const { name, kind, facts, notes, problem } = layer;
  const assumed = facts.filter(({ origin }) => origin === "assumed").length;
  return (
    <Disclosure
      open={open}
      title={
        <>
          <b>{name}</b>
          {kind && <span class="nbr-quiet">{kind}</span>}
          <span class="nbr-quiet nbr-folded">{inShort(facts)}</span>
          {assumed > 0 && <span class="nbr-badge nbr-badge-assumed">{assumed} assumed</span>}
          {problem && <span class="nbr-badge nbr-badge-bad">can't be read</span>}
        </>
      }
      actions={
        onRemove && (
          <Button kind="quiet" label={`Remove layer ${name}`} onClick={onRemove}>
            <Icon name="close" />
          </Button>
        )
      }
    >
      {problem && <Alert error={problem} />}
      {facts.length > 0 && (
        <dl class="nbr-facts">
          {facts.map((fact) => (
            <Fact key={fact.label} fact={fact} />
          ))}
        </dl>
      )}
      {notes.map((note) => (
        <p key={note} class="nbr-note">
          {note}
        </p>
      ))}
    </Disclosure>
  );
}

/** What tells layers apart while they are folded. */
function inShort(facts: readonly CardFact[]): string {
  return facts
    .filter(({ label }) => label === "data type" || label === "voxel size")
    .map(({ value }) => value)
    .join(" · ");
}

/** How a value is known, for people. */
const MEANING: Record<Origin, string> = {
  metadata: "The data say so",
  name: "Read from a name",
  sampled: "Measured on some of the data",
  assumed: "Nothing says so: a default",
  user: "You said so",
};

function Fact({ fact: { label, value, origin, note } }: { fact: CardFact }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <span>{value}</span>
        <span
          class={`nbr-badge nbr-badge-${origin}`}
          title={note ? `${MEANING[origin]}: ${note}` : MEANING[origin]}
        >
          {origin}
        </span>
        {note && origin === "assumed" && <small>{note}</small>}
      </dd>
    </div>
  );
}
