import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { TextField } from "../kit/Field";
import { AccessFields } from "./AccessFields";
import { accessOf, CHOICES, type Choice, type FieldName, NOTHING, type Place, placeOf } from "./access";
import type { FormClient } from "./client";

interface AddLayerProps {
  client: FormClient;
  field: RefObject<HTMLInputElement | null>;
}

/** The address field. What is typed stays here until it is sent, and is gone once it is taken. */
export function AddLayer({ client, field }: AddLayerProps) {
  const [address, setAddress] = useState("");
  const [sent, setSent] = useState(0);
  const access = useAccess(placeOf(address));
  const { entries } = client.state.value;
  const answered = client.isAnswered(sent);
  const refusal = client.refusalOf(sent);
  const wrong = refusal?.field === "address" && address ? refusal.problem : null;
  const denied = refusal?.field === "access" ? refusal.problem : null;
  useEffect(() => {
    if (!sent || !answered) return;
    if (!refusal) {
      setAddress("");
      access.forget();
    }
    field.current?.focus();
  }, [sent, answered, refusal !== null]);
  const add = (event: Event) => {
    event.preventDefault();
    if (address.trim()) setSent(client.send({ kind: "add", address, access: access.given() }));
    else field.current?.focus();
  };
  const changed = () => {
    if (answered) setSent(0);
  };
  const first = entries.length === 0;
  return (
    <form class="nbr-add" onSubmit={add} aria-label="Add a layer">
      <TextField
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
        problem={wrong && <Alert error={wrong} withoutPlace />}
        hint={
          first &&
          "OME-Zarr, Zarr, N5, Neuroglancer precomputed or a WEBKNOSSOS dataset, at https://, s3:// or gs://. Only its metadata are read until you look at it; a password or token stays in the kernel."
        }
      >
        <Button type="submit" kind={first ? "primary" : "plain"} disabled={!answered}>
          Add layer
        </Button>
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
      <div role="alert">{denied && <Alert error={denied} withoutPlace />}</div>
    </form>
  );
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
