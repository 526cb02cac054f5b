import { problemText } from "../controls/Problems";
import { Alert } from "../kit/Alert";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import { Disclosure } from "../kit/Disclosure";
import { count } from "./announcement";
import type { Entry } from "./protocol";

/** What a person can do about it. */
interface Ways {
  onRetry: () => void;
  onEdit: () => void;
}

/** An address that holds nothing readable: why, what to try, and what was tried. */
export function Failed({ entry, onRetry, onEdit }: Ways & { entry: Entry }) {
  const { problem, tried } = entry;
  if (!problem) return null;
  return (
    <>
      <div role="alert">
        <Alert error={problem} withoutPlace={problem.where === entry.where} />
      </div>
      <div class="nbr-alert-actions">
        <Button onClick={onRetry}>Try again</Button>
        <Button onClick={onEdit}>Edit address</Button>
        <CopyButton text={report(entry)} label="Copy report" />
      </div>
      {tried.length > 0 && (
        <Disclosure open title={`What was tried: ${count(tried.length, "format")}`}>
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
export function report({ problem, tried }: Entry): string {
  const lines = tried.map(
    ({ format, reason, looked_at }) => `  ${format}: ${reason} (looked at ${looked_at.join(", ")})`,
  );
  return [problem ? problemText(problem) : "", ...lines].join("\n");
}
