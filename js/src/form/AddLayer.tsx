import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { TextField } from "../kit/Field";
import type { FormClient } from "./client";

interface AddLayerProps {
  client: FormClient;
  field: RefObject<HTMLInputElement | null>;
}

/** The address field. What is typed stays here until it is sent, and is gone once it is taken. */
export function AddLayer({ client, field }: AddLayerProps) {
  const [address, setAddress] = useState("");
  const [sent, setSent] = useState(0);
  const { entries } = client.state.value;
  const answered = client.isAnswered(sent);
  const refusal = client.refusalOf(sent);
  const wrong = refusal?.field === "address" && address ? refusal.problem : null;
  useEffect(() => {
    if (!sent || !answered) return;
    if (!refusal) setAddress("");
    field.current?.focus();
  }, [sent, answered, refusal !== null]);
  const add = (event: Event) => {
    event.preventDefault();
    if (address.trim()) setSent(client.send({ kind: "add", address }));
    else field.current?.focus();
  };
  const first = entries.length === 0;
  return (
    <form class="nbr-add" onSubmit={add} aria-label="Add a layer">
      <TextField
        label={first ? "Address of a volume" : "Address of another volume"}
        value={address}
        onInput={(value) => {
          setAddress(value);
          if (answered) setSent(0);
        }}
        placeholder="https://…/image.zarr"
        readOnly={!answered}
        inputRef={field}
        problem={wrong && <Alert error={wrong} withoutPlace />}
        hint={
          first &&
          "An OME-Zarr image, or a Zarr v2 or v3 array. Only its metadata are read until you look at it; a password or token in the address stays in the kernel."
        }
      >
        <Button type="submit" kind={first ? "primary" : "plain"} disabled={!answered}>
          Add layer
        </Button>
      </TextField>
    </form>
  );
}
