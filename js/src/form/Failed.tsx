import { problemText } from "../controls/Problems";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import { Disclosure } from "../kit/Disclosure";
import { count } from "./announcement";
import { Diagnosis } from "./Diagnosis";
import type { Entry } from "./protocol";

/** What a person can do about it. */
interface Ways {
  onRetry: () => void;
  onEdit: () => void;
}

interface FailedProps extends Ways {
  entry: Entry;
  /** The dataset is imported: nothing can be done about it any more. */
  done: boolean;
  onDiagnose: () => void;
  onCancel: () => void;
  onLookNear: (near: number) => void;
}

/** An address that holds nothing readable: why, what to try, and what was tried. */
export function Failed({ entry, done, onRetry, onEdit, onDiagnose, onCancel, onLookNear }: FailedProps) {
  const { kind, problem, tried, diagnosed, near } = entry;
  if (!problem) return null;
  return (
    <>
      <div role="alert">
        <Alert error={problem} withoutPlace={problem.where === entry.where} />
      </div>
      <div class="nbr-alert-actions">
        {!done && <Button onClick={onRetry}>Try again</Button>}
        {!done && kind === "address" && <Button onClick={onEdit}>Edit address</Button>}
        {!done && kind === "address" && (
          <Button onClick={onDiagnose} disabled={diagnosed?.running === true}>
            Diagnose
          </Button>
        )}
        <CopyButton text={report(entry)} label="Copy report" />
      </div>
      {near.length > 0 && !done && (
        <div class="nbr-near">
          <span>Did you mean</span>
          {near.map((where, at) => (
            <Button key={where} label={`Look at ${where}`} onClick={() => onLookNear(at)}>
              <code>{where}</code>
            </Button>
          ))}
        </div>
      )}
      {diagnosed && <Diagnosis diagnosed={diagnosed} onCancel={onCancel} />}
      {tried.length > 0 && (
        <Disclosure
          open={!diagnosed || diagnosed.running}
          title={`What was tried: ${count(tried.length, "format")}`}
        >
          <dl class="nbr-facts nbr-tried">
            {tried.map(({ format, looked_at, reason }) => (
              <div key={format}>
                <dt>{format}</dt>
                <dd>
                  {reason}
                  {!looked_at.every((key) => reason.includes(key)) && (
                    <small>
                      looked at <code>{looked_at.join(", ")}</code>
                    </small>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </Disclosure>
      )}
    </>
  );
}

export function Stopped({ onRetry, onEdit }: Ways) {
  return (
    <div class="nbr-stopped">
      <span class="nbr-quiet">Cancelled before it was known what lies there.</span>
      <Button onClick={onEdit}>Edit address</Button>
      <Button onClick={onRetry}>Look again</Button>
    </div>
  );
}

/** Everything about a failure as one would paste it into a message. */
export function report({ problem, tried, diagnosed }: Entry): string {
  const steps = (diagnosed?.steps ?? []).map(({ name, outcome, found }) => `  ${outcome}: ${name}: ${found}`);
  const lines = tried.map(
    ({ format, reason, looked_at }) => `  ${format}: ${reason} (looked at ${looked_at.join(", ")})`,
  );
  return [problem ? problemText(problem) : "", ...lines, ...steps].join("\n");
}
