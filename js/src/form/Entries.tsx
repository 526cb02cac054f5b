import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../controls/Icon";
import { Button } from "../kit/Button";
import type { TextInput } from "../kit/Field";
import { Spinner } from "../kit/Spinner";
import { Tabs } from "../kit/Tabs";
import { count } from "./announcement";
import type { FormClient } from "./client";
import { Failed, Stopped } from "./Failed";
import { JsonEditor } from "./JsonEditor";
import { Layer, moveLabel } from "./Layer";
import { Looking } from "./Looking";
import { type Run, runsOf } from "./order";
import type { Entry, FormState, LayerCard } from "./protocol";

interface EntriesProps {
  client: FormClient;
  field: RefObject<TextInput | null>;
}

/** What was added so far: its layers with how everything is known, and the JSON made of them. */
export function Entries({ client, field }: EntriesProps) {
  const state = client.state.value;
  const root = useRef<HTMLDivElement>(null);
  const moved = useRef<{ name: string; up: boolean } | null>(null);
  // A card that moved may have been made anew: its button gets the focus again.
  useEffect(() => {
    if (!moved.current) return;
    const { name, up } = moved.current;
    moved.current = null;
    const buttons = [
      ...(root.current?.querySelectorAll<HTMLButtonElement>("button[aria-label]:not([disabled])") ?? []),
    ];
    const labels = [moveLabel(name, up), moveLabel(name, !up)];
    const [button] = labels.flatMap((label) =>
      buttons.filter((one) => one.getAttribute("aria-label") === label),
    );
    button?.focus();
  }, [state.order]);
  const cards = runsOf(state).map((run) => (
    <EntryCard
      key={`${run.entry.number}-${run.first ? "" : run.layers[0]?.index}`}
      client={client}
      field={field}
      run={run}
      onMove={({ index, name }, up) => {
        moved.current = { name, up };
        client.send({ kind: "move_layer", entry: run.entry.number, layer: index, up });
      }}
    />
  ));
  const list = (
    <div ref={root} class="nbr-entries">
      {cards}
    </div>
  );
  if (!client.json.value) return list;
  const problem = client.draftProblem();
  const tabs = [
    {
      name: "layers",
      label: <LayersLabel state={state} />,
      content: list,
    },
    {
      name: "json",
      label: (
        <>JSON {problem && problem !== "unsent" && <span class="nbr-badge nbr-badge-bad">invalid</span>}</>
      ),
      content: <JsonEditor client={client} />,
    },
  ];
  return <Tabs label="What was found" tabs={tabs} />;
}

/** How many layers there are, and what else happens in the list while the JSON is looked at. */
function LayersLabel({ state: { entries, layer_count } }: { state: FormState }) {
  const failed = entries.filter(({ status }) => status === "failed").length;
  const looking = entries.some(({ status }) => status === "exploring");
  return (
    <>
      {count(layer_count, "layer")}{" "}
      {failed > 0 && <span class="nbr-badge nbr-badge-bad">{failed} failed</span>}
      {looking && <Spinner />}
    </>
  );
}

interface EntryCardProps extends EntriesProps {
  run: Run;
  onMove: (layer: LayerCard, up: boolean) => void;
}

function EntryCard({ client, field, run, onMove }: EntryCardProps) {
  const { entry, layers, first } = run;
  const { entries, order, imported, layer_count, refusal } = client.state.value;
  const { number, status, where } = entry;
  // Buttons go away with what they are pressed for; the focus shouldn't be lost with them.
  const act = (kind: "cancel" | "retry" | "remove" | "diagnose") => () => {
    client.send({ kind, entry: number });
    if (kind !== "diagnose") field.current?.focus();
  };
  // Only what may be shown comes back: a password has to be typed again.
  const edit = () => {
    act("remove")();
    if (!field.current) return;
    field.current.value = where;
    field.current.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const lookNear = (near: number) => {
    client.send({ kind: "look_near", entry: number, near });
    field.current?.focus();
  };
  const placeOf = (layer: number) => order.findIndex((one) => one.entry === number && one.layer === layer);
  return (
    <section
      class="nbr-entry"
      data-status={status}
      data-marked={refusal?.entry === number && refusal.field === "address" ? "1" : "0"}
      aria-label={first ? where : `${where}, continued`}
    >
      <header class="nbr-entry-head">
        <div>
          <code class="nbr-where" title={where}>
            {where}
          </code>
          {status === "found" && first && <span class="nbr-quiet nbr-found-as">{foundAs(entry)}</span>}
        </div>
        {!imported && first && status === "found" && (
          <Button kind="quiet" label={`Look again at ${where}`} onClick={act("retry")}>
            <Icon name="again" />
          </Button>
        )}
        {!imported && first && status !== "exploring" && (
          <Button kind="quiet" label={`Remove ${where}`} onClick={act("remove")}>
            <Icon name="close" />
          </Button>
        )}
      </header>
      {status === "exploring" && <Looking entry={entry} onCancel={act("cancel")} />}
      {status === "cancelled" && !imported && <Stopped onRetry={act("retry")} onEdit={edit} />}
      {status === "failed" && (
        <Failed
          entry={entry}
          done={imported}
          onRetry={act("retry")}
          onEdit={edit}
          onDiagnose={act("diagnose")}
          onCancel={act("cancel")}
          onLookNear={lookNear}
        />
      )}
      {layers.map((layer) => (
        <Layer
          key={layer.index}
          client={client}
          entry={number}
          layer={layer}
          place={placeOf(layer.index)}
          places={order.length}
          open={layer_count < 3 || (number === entries.at(-1)?.number && layers.length < 3)}
          onMove={(up) => onMove(layer, up)}
          onRemove={
            imported || entry.layers.length < 2
              ? undefined
              : () => {
                  client.send({ kind: "remove_layer", entry: number, layer: layer.index });
                  field.current?.focus();
                }
          }
        />
      ))}
    </section>
  );
}

/** What names several addresses, each perhaps of another format. */
const KINDS: Readonly<Record<string, string>> = {
  link: "Neuroglancer link",
  datasource: "WEBKNOSSOS datasource",
};

function foundAs({ kind, format, requests, elapsed_s }: Entry): string {
  return `${KINDS[kind] ?? format} · ${count(requests, "request")} · ${elapsed_s < 0.1 ? "under 0.1" : elapsed_s.toFixed(1)} s`;
}
