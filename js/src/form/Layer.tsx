import { Icon } from "../controls/Icon";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { Disclosure } from "../kit/Disclosure";
import type { FormClient } from "./client";
import { isToConfirm, Property } from "./Property";
import type { CardFact, LayerCard } from "./protocol";

interface LayerProps {
  client: FormClient;
  /** Number of its address. */
  entry: number;
  layer: LayerCard;
  /** Where it stands among how many. */
  place: number;
  places: number;
  open: boolean;
  onMove: (up: boolean) => void;
  onRemove?: (() => void) | undefined;
}

/** One layer: every property with how it is known, to be corrected or confirmed. */
export function Layer({ client, entry, layer, place, places, open, onMove, onRemove }: LayerProps) {
  const { index, name, kind, facts, notes, problem } = layer;
  const { imported } = client.state.value;
  const open_questions = facts.filter(isToConfirm);
  const confirmAll = () => {
    for (const { edit } of open_questions) {
      if (edit) client.send({ kind: "correct", entry, layer: index, ...said(edit) });
    }
  };
  return (
    <Disclosure
      open={open}
      title={
        <>
          <b>{name}</b>
          {kind && <span class="nbr-quiet">{kind}</span>}
          <span class="nbr-quiet nbr-folded">{inShort(facts)}</span>
          {open_questions.length > 0 && (
            <span class="nbr-badge nbr-badge-assumed">{open_questions.length} assumed</span>
          )}
          {problem && <span class="nbr-badge nbr-badge-bad">can't be read</span>}
        </>
      }
      actions={
        !imported && (
          <>
            {places > 1 && (
              <>
                <Button
                  kind="quiet"
                  label={moveLabel(name, true)}
                  disabled={place === 0}
                  onClick={() => onMove(true)}
                >
                  <Icon name="up" />
                </Button>
                <Button
                  kind="quiet"
                  label={moveLabel(name, false)}
                  disabled={place === places - 1}
                  onClick={() => onMove(false)}
                >
                  <Icon name="down" />
                </Button>
              </>
            )}
            {onRemove && (
              <Button kind="quiet" label={`Remove layer ${name}`} onClick={onRemove}>
                <Icon name="close" />
              </Button>
            )}
          </>
        )
      }
    >
      {problem && <Alert error={problem} />}
      {facts.length > 0 && (
        <dl class="nbr-facts">
          {facts.map((fact) => (
            <Property key={fact.label} client={client} entry={entry} layer={layer} fact={fact} />
          ))}
        </dl>
      )}
      {!imported && open_questions.length > 1 && (
        <p class="nbr-note">
          Nothing says these {open_questions.length} values: confirm or correct them.{" "}
          <button type="button" class="nbr-link" onClick={confirmAll}>
            Confirm all
          </button>
        </p>
      )}
      {notes.map((note) => (
        <p key={note} class="nbr-note">
          {note}
        </p>
      ))}
    </Disclosure>
  );
}

/** What the button that moves a layer is called. */
export function moveLabel(name: string, up: boolean): string {
  return `Move layer ${name} ${up ? "up" : "down"}`;
}

/** What stands there already, as if it were typed. */
function said({ field, channel, value }: NonNullable<CardFact["edit"]>) {
  return { field, channel, value };
}

/** What tells layers apart while they are folded. */
function inShort(facts: readonly CardFact[]): string {
  return facts
    .filter(({ label }) => label === "data type" || label === "voxel size")
    .map(({ value }) => value)
    .join(" · ");
}
