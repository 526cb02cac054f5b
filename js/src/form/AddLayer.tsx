import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { TextField, type TextInput } from "../kit/Field";
import { AccessFields } from "./AccessFields";
import { accessOf, CHOICES, type Choice, type FieldName, NOTHING, type Place, placeOf } from "./access";
import { count } from "./announcement";
import type { FormClient } from "./client";
import { linesOf, MOST_CHARACTERS, MOST_LINES, onlyLines } from "./pasted";
import type { Refusal } from "./protocol";

interface AddLayerProps {
  client: FormClient;
  field: RefObject<TextInput | null>;
}

/** The address field. What is typed stays here until it is sent, and is gone once it is taken. */
export function AddLayer({ client, field }: AddLayerProps) {
  const [address, setAddress] = useState("");
  const [sent, setSent] = useState(0);
  const access = useAccess(placeOf(address));
  const { entries } = client.state.value;
  const answered = client.isAnswered(sent);
  const refusal = client.refusalOf(sent);
  const wrong = refusal?.field === "address" && address ? refusal : null;
  const denied = refusal?.field === "access" ? refusal : null;
  const lines = linesOf(address);
  const tooMuch = excess(address, lines.length);
  useEffect(() => {
    if (!sent || !answered) return;
    if (!refusal) {
      setAddress("");
      access.forget();
    } else if (refusal.lines.length > 0) {
      // What was taken is in the list; what wasn't is left to be mended.
      setAddress(onlyLines(address, refusal.lines));
    }
    field.current?.focus();
  }, [sent, answered, refusal !== null]);
  const add = (event: Event) => {
    event.preventDefault();
    if (tooMuch) return;
    if (address.trim()) setSent(client.send({ kind: "add", address, access: access.given() }));
    else field.current?.focus();
  };
  // What a file holds need not be seen before it is taken: only if it is refused.
  const addText = (text: string) => {
    setAddress(text);
    if (text.trim() && !excess(text, 1)) setSent(client.send({ kind: "add", address: text, access: null }));
  };
  const changed = () => {
    if (answered) setSent(0);
  };
  const first = entries.length === 0;
  return (
    <form class="nbr-add" onSubmit={add} aria-label="Add a layer">
      <TextField
        lines
        label={first ? "Address of a volume" : "Address of another volume"}
        value={address}
        onInput={(value) => {
          if (placeOf(value) !== placeOf(address)) access.forget();
          setAddress(value);
          changed();
        }}
        placeholder="https://…/image.zarr"
        readOnly={!answered}
        inputRef={field}
        problem={tooMuch ? <p class="nbr-bad">{tooMuch}</p> : wrong && <Refused refusal={wrong} />}
        hint={
          first &&
          "OME-Zarr, Zarr, N5, Neuroglancer precomputed or a WEBKNOSSOS dataset, at https://, s3:// or gs://; several addresses one below the other, a Neuroglancer link, or a datasource-properties.json. Only metadata are read until you look at it; a password or token stays in the kernel."
        }
      >
        <Button type="submit" kind={first ? "primary" : "plain"} disabled={!answered}>
          {lines.length > 1 ? `Add ${count(lines.length, "address")}` : "Add layer"}
        </Button>
        <label class="nbr-btn nbr-file" title="Open a saved datasource-properties.json">
          Open file
          <input
            type="file"
            accept=".json,application/json"
            disabled={!answered}
            onChange={(event) => {
              const [chosen] = event.currentTarget.files ?? [];
              // Chosen again after a change, it is read again.
              event.currentTarget.value = "";
              chosen?.text().then(addText);
            }}
          />
        </label>
      </TextField>
      <AccessFields
        place={placeOf(address)}
        choice={access.choice}
        values={access.values}
        requesterPays={access.requesterPays}
        readOnly={!answered}
        open={denied !== null}
        onChoose={(choice) => {
          access.choose(choice);
          changed();
        }}
        onType={(name, value) => {
          access.type(name, value);
          changed();
        }}
        onRequesterPays={access.setRequesterPays}
      />
      <div role="alert">{denied && <Refused refusal={denied} />}</div>
    </form>
  );
}

/** Why an address was not taken, or why each of several wasn't. */
function Refused({ refusal: { problem, lines } }: { refusal: Refusal }) {
  if (lines.length === 0) return <Alert error={problem} withoutPlace />;
  return (
    <>
      <Alert error={problem} withoutPlace />
      <ol class="nbr-refused-lines">
        {lines.map(({ line, problem: own }) => (
          <li key={line}>
            {own.text}
            {own.hint && <small> {own.hint}</small>}
          </li>
        ))}
      </ol>
    </>
  );
}

function excess(address: string, lines: number): string {
  if (address.length > MOST_CHARACTERS) return "This is too long: at most 4 million characters are taken.";
  return lines > MOST_LINES ? `${lines} addresses: at most ${MOST_LINES} are taken at once.` : "";
}

/** What is chosen and typed about access; secrets are kept no longer than until they are taken. */
function useAccess(place: Place) {
  const [choice, choose] = useState<Choice>(CHOICES.http[0] as Choice);
  const [values, setValues] = useState(NOTHING);
  const [requesterPays, setRequesterPays] = useState(false);
  const offered = CHOICES[place].find(({ kind }) => kind === choice.kind) ?? (CHOICES[place][0] as Choice);
  return {
    choice: offered,
    values,
    requesterPays,
    choose,
    type: (field: FieldName, value: string) => setValues((old) => ({ ...old, [field]: value })),
    setRequesterPays,
    given: () => accessOf(offered, values, requesterPays),
    forget: () => {
      choose(CHOICES.http[0] as Choice);
      setValues(NOTHING);
      setRequesterPays(false);
    },
  };
}
