import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../controls/Icon";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import { TextField, type TextInput } from "../kit/Field";
import type { FormClient } from "./client";
import { FILE_NAME, saveText } from "./download";

/** The name and the import; afterwards, how to go on in Python. */
export function Finish({ client }: { client: FormClient }) {
  const { imported } = client.state.value;
  return imported ? <Imported client={client} /> : <NameAndImport client={client} />;
}

function NameAndImport({ client }: { client: FormClient }) {
  const { entries, name: known } = client.state.value;
  const [typed, setTyped] = useState<string | null>(null);
  const [sent, setSent] = useState(0);
  const field = useRef<TextInput>(null);
  const refused = client.refusalOf(sent);
  const name = typed ?? known;
  const looking = entries.some(({ status }) => status === "exploring");
  const hint = waitsFor(looking, client.draftProblem());
  useEffect(() => {
    if (refused?.field === "name") field.current?.focus();
  }, [refused]);
  const submit = (event: Event) => {
    event.preventDefault();
    setSent(client.send({ kind: "import", name }));
  };
  return (
    <form class="nbr-finish" onSubmit={submit} aria-label="Import">
      <TextField
        label="Dataset name"
        value={name}
        onInput={setTyped}
        onRest={(value) => value !== known && client.send({ kind: "rename", name: value })}
        inputRef={field}
        problem={refused?.field === "name" && <Alert error={refused.problem} />}
        hint={hint}
      >
        <Button type="submit" kind="primary" disabled={hint !== "" || !client.isAnswered(sent)}>
          Import
        </Button>
      </TextField>
    </form>
  );
}

/** Why nothing can be imported yet. */
function waitsFor(looking: boolean, draft: ReturnType<FormClient["draftProblem"]>): string {
  if (looking) return "Import waits until every address is looked at.";
  if (draft === "unsent") return "Import waits until the JSON is read.";
  const line = draft?.json[0]?.line;
  return draft ? `Import waits until the JSON is valid${line ? `: see its line ${line}` : ""}.` : "";
}

function Imported({ client }: { client: FormClient }) {
  const { name, python } = client.state.value;
  const place = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone; what came of it takes the focus.
  useEffect(() => place.current?.focus(), []);
  return (
    <div ref={place} class="nbr-finish nbr-imported" tabIndex={-1}>
      <p>
        <Icon name="check" /> <b>{name}</b> is imported. Go on in the next cell:
      </p>
      <div class="nbr-python">
        <code>{python}</code>
        <CopyButton text={python} />
      </div>
      <div class="nbr-take-along">
        <Button onClick={() => saveText(FILE_NAME, client.json.peek())}>Save {FILE_NAME}</Button>
        {client.code.value && <CopyButton text={client.code.value} label="Copy as code" />}
      </div>
    </div>
  );
}
