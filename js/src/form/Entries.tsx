import type { RefObject } from "preact";
import { Icon } from "../controls/Icon";
import { Button } from "../kit/Button";
import type { TextInput } from "../kit/Field";
import { Tabs } from "../kit/Tabs";
import { count } from "./announcement";
import type { FormClient } from "./client";
import { Failed, Stopped } from "./Failed";
import { JsonEditor } from "./JsonEditor";
import { Layer } from "./Layer";
import { Looking } from "./Looking";
import { type Run, runsOf } from "./order";
import type { Entry } from "./protocol";

interface EntriesProps {
  client: FormClient;
  field: RefObject<TextInput | null>;
}

/** What was added so far: its layers with how everything is known, and the JSON made of them. */
export function Entries({ client, field }: EntriesProps) {
  const state = client.state.value;
  const list = runsOf(state).map((run) => (
    <EntryCard
      key={`${run.entry.number}-${run.layers[0]?.index ?? ""}`}
      client={client}
      field={field}
      run={run}
    />
  ));
  if (!client.json.value) return <div class="nbr-entries">{list}</div>;
  const problem = client.draftProblem();
  const tabs = [
    {
      name: "layers",
      label: count(state.layer_count, "layer"),
      content: <div class="nbr-entries">{list}</div>,
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

function EntryCard({ client, field, run }: EntriesProps & { run: Run }) {
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
      {status === "cancelled" && <Stopped onRetry={act("retry")} onEdit={edit} />}
      {status === "failed" && (
        <Failed
          entry={entry}
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
