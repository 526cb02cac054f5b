import { useId } from "preact/hooks";
import { Disclosure } from "../kit/Disclosure";
import { TextField } from "../kit/Field";
import { type AccessField, CHOICES, type Choice, type FieldName, type Place, type Values } from "./access";

interface AccessFieldsProps {
  place: Place;
  choice: Choice;
  values: Values;
  requesterPays: boolean;
  /** The kernel is looking at what was typed. */
  readOnly: boolean;
  /** Unfolded until the person decides otherwise. */
  open: boolean;
  onChoose: (choice: Choice) => void;
  onType: (field: FieldName, value: string) => void;
  onRequesterPays: (pays: boolean) => void;
}

/** What proves who is asking, by the kind of place that the address names. Anonymous until it is unfolded. */
export function AccessFields(props: AccessFieldsProps) {
  const { place, choice, values, readOnly, open, onChoose, onType } = props;
  const group = useId();
  return (
    <div class="nbr-access">
      <Disclosure
        open={open}
        title={
          <span>
            Access: <b>{choice.label}</b>
          </span>
        }
      >
        <fieldset disabled={readOnly}>
          <legend class="nbr-sr">Access</legend>
          <div class="nbr-access-kinds">
            {CHOICES[place].map((one) => (
              <label key={one.kind}>
                <input
                  type="radio"
                  name={group}
                  checked={one.kind === choice.kind}
                  onChange={() => onChoose(one)}
                />
                {one.label}
              </label>
            ))}
          </div>
          {choice.fields.length > 0 && (
            <div class="nbr-access-fields">
              {choice.fields.map((field) => (
                <OneField
                  key={field.name}
                  field={field}
                  value={values[field.name]}
                  readOnly={readOnly}
                  onInput={(value) => onType(field.name, value)}
                />
              ))}
            </div>
          )}
          {place === "s3" && choice.kind !== "anonymous" && (
            <label class="nbr-access-pays">
              <input
                type="checkbox"
                checked={props.requesterPays}
                onChange={(event) => props.onRequesterPays(event.currentTarget.checked)}
              />
              I pay for the requests (requester pays)
            </label>
          )}
          {choice.kind !== "anonymous" && (
            <p class="nbr-field-hint">{HINTS[choice.kind === "default" ? 1 : 0]}</p>
          )}
        </fieldset>
      </Disclosure>
    </div>
  );
}

const HINTS = [
  "It goes to the kernel and stays there: it is not saved with the notebook, and not shown again.",
  "What the kernel's machine is configured with: its environment, its files, or its service account.",
] as const;

interface OneFieldProps {
  field: AccessField;
  value: string;
  readOnly: boolean;
  onInput: (value: string) => void;
}

function OneField({ field, value, readOnly, onInput }: OneFieldProps) {
  const { label, hidden = false, file } = field;
  return (
    <TextField label={label} value={value} onInput={onInput} hidden={hidden} readOnly={readOnly}>
      {file && (
        <label class="nbr-btn nbr-file">
          Choose file
          <input
            type="file"
            accept=".json,application/json"
            onChange={(event) => {
              const [chosen] = event.currentTarget.files ?? [];
              // Chosen again after a change, it is read again.
              event.currentTarget.value = "";
              chosen?.text().then(onInput);
            }}
          />
        </label>
      )}
    </TextField>
  );
}
