import { useRef } from "preact/hooks";
import { Alert } from "../kit/Alert";
import type { TextInput } from "../kit/Field";
import { AddLayer } from "./AddLayer";
import { announcement } from "./announcement";
import type { FormClient } from "./client";
import { Entries } from "./Entries";
import { Finish } from "./Finish";
import { Preview } from "./Preview";
import { FORM_PROTOCOL_VERSION } from "./protocol";

/** The whole form: an address comes in at the top, a dataset goes out at the bottom. */
export function Form({ client }: { client: FormClient }) {
  const address = useRef<TextInput>(null);
  const state = client.state.value;
  const { entries, imported, refusal } = state;
  const cancelByEscape = (event: KeyboardEvent) => {
    const running = entries.findLast(({ status }) => status === "exploring");
    if (event.key !== "Escape" || !running) return;
    event.preventDefault();
    event.stopPropagation();
    client.send({ kind: "cancel", entry: running.number });
    address.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape cancels wherever in the form the focus is
    <div
      class="nbr-form"
      data-testid="nb-remote-form"
      data-answered={state.answered}
      onKeyDown={cancelByEscape}
    >
      <header class="nbr-form-head">
        <h3>Add remote dataset</h3>
        {client.patience.value !== "answered" && (
          <span class="nbr-busy" role="status">
            {client.patience.value === "waiting"
              ? "waiting for the kernel"
              : "no answer: the kernel is busy, or was restarted (then run this cell again)"}
          </span>
        )}
      </header>
      {state.protocol !== FORM_PROTOCOL_VERSION && (
        <p class="nbr-form-note nbr-busy">
          The page and the Python package are of different versions. Save the notebook, restart the kernel and
          reload the page.
        </p>
      )}
      {!imported && <AddLayer client={client} field={address} />}
      <div class="nbr-form-refusal" role="alert">
        {refusal?.field === "form" && <Alert error={refusal.problem} />}
      </div>
      <p class="nbr-sr" role="status">
        {announcement(state)}
      </p>
      {entries.length > 0 && (
        <div class="nbr-work" data-wide={state.layer_count > 0 ? "1" : "0"}>
          <Entries client={client} field={address} />
          <Preview client={client} />
        </div>
      )}
      {state.layer_count > 0 && <Finish client={client} />}
    </div>
  );
}
