import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../controls/Icon";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import { TextField } from "../kit/Field";
import type { FormClient } from "./client";

/** The name and the import; afterwards, how to go on in Python. */
export function Finish({ client }: { client: FormClient }) {
  const { imported } = client.state.value;
  return imported ? <Imported client={client} /> : <NameAndImport client={client} />;
}

function NameAndImport({ client }: { client: FormClient }) {
  const { entries, name: known } = client.state.value;
  const [typed, setTyped] = useState<string | null>(null);
  const [sent, setSent] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const refused = client.refusalOf(sent);
  const name = typed ?? known;
  const looking = entries.some(({ status }) => status === "exploring");
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
        hint={looking ? "Import waits until every address is looked at." : undefined}
      >
        <Button type="submit" kind="primary" disabled={looking || !client.isAnswered(sent)}>
          Import
        </Button>
      </TextField>
    </form>
  );
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
    </div>
  );
}
