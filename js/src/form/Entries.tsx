import type { RefObject } from "preact";
import { Icon } from "../controls/Icon";
import { Button } from "../kit/Button";
import { CodeBlock } from "../kit/CodeBlock";
import { Tabs } from "../kit/Tabs";
import { count } from "./announcement";
import type { FormClient } from "./client";
import { Failed, Stopped } from "./Failed";
import { jsonTokens } from "./json";
import { Layer } from "./Layer";
import { Looking } from "./Looking";
import type { Entry } from "./protocol";

interface EntriesProps {
  client: FormClient;
  field: RefObject<HTMLInputElement | null>;
}

/** What was added so far: its layers with how everything is known, and the JSON made of them. */
export function Entries({ client, field }: EntriesProps) {
  const { entries, layer_count } = client.state.value;
  const json = client.json.value;
  const list = entries.map((entry) => (
    <EntryCard key={entry.number} client={client} field={field} entry={entry} />
  ));
  if (!json) return <div class="nbr-entries">{list}</div>;
  const tabs = [
    { name: "layers", label: count(layer_count, "layer"), content: <div class="nbr-entries">{list}</div> },
    {
      name: "json",
      label: "JSON",
      content: <CodeBlock label="datasource-properties.json" text={json} parts={jsonTokens(json)} />,
    },
  ];
  return <Tabs label="What was found" tabs={tabs} />;
}

function EntryCard({ client, field, entry }: EntriesProps & { entry: Entry }) {
  const { entries, imported, layer_count, refusal } = client.state.value;
  const { number, status, where, layers } = entry;
  // Buttons go away with what they are pressed for; the focus shouldn't be lost with them.
  const act = (kind: "cancel" | "retry" | "remove") => () => {
    client.send({ kind, entry: number });
    field.current?.focus();
  };
  // Only what may be shown comes back: a password has to be typed again.
  const edit = () => {
    act("remove")();
    if (!field.current) return;
    field.current.value = where;
    field.current.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const marked = refusal?.entry === number;
  return (
    <section class="nbr-entry" data-status={status} data-marked={marked ? "1" : "0"} aria-label={where}>
      <header class="nbr-entry-head">
        <div>
          <code class="nbr-where" title={where}>
            {where}
          </code>
          {status === "found" && <span class="nbr-quiet nbr-found-as">{foundAs(entry)}</span>}
        </div>
        {!imported && status !== "exploring" && (
          <Button kind="quiet" label={`Remove ${where}`} onClick={act("remove")}>
            <Icon name="close" />
          </Button>
        )}
      </header>
      {status === "exploring" && <Looking entry={entry} onCancel={act("cancel")} />}
      {status === "cancelled" && <Stopped onRetry={act("retry")} onEdit={edit} />}
      {status === "failed" && <Failed entry={entry} onRetry={act("retry")} onEdit={edit} />}
      {layers.map((layer) => (
        <Layer
          key={layer.index}
          layer={layer}
          open={layer_count < 3 || (number === entries.at(-1)?.number && layers.length < 3)}
          onRemove={
            imported || layers.length < 2
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

function foundAs({ format, requests, elapsed_s }: Entry): string {
  return `${format} · ${count(requests, "request")} · ${elapsed_s < 0.1 ? "under 0.1" : elapsed_s.toFixed(1)} s`;
}
