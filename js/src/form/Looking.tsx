import { useEffect, useState } from "preact/hooks";
import { Button } from "../kit/Button";
import { Spinner } from "../kit/Spinner";
import { count } from "./announcement";
import type { Entry } from "./protocol";

/** Most documents that are listed while an address is looked at. */
const LISTED = 8;

/** An address that is being looked at: for how long, which documents, and the way out. */
export function Looking({ entry, onCancel }: { entry: Entry; onCancel: () => void }) {
  const seconds = useSeconds(entry.elapsed_s);
  const hidden = Math.max(0, entry.documents.length - LISTED);
  return (
    <div class="nbr-looking">
      <div class="nbr-looking-line">
        <Spinner />
        <span>Looking what lies there</span>
        <span class="nbr-quiet nbr-tally">
          {seconds.toFixed(0)} s · {count(entry.requests, "request")}
        </span>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
      <ul class="nbr-documents" aria-label="Documents asked for">
        {hidden > 0 && <li class="nbr-quiet">{hidden} more</li>}
        {entry.documents.slice(hidden).map(({ key, answer }) => (
          <li key={key} data-answer={answer} title={ANSWERS[answer]}>
            <code>{key}</code>
            <span class="nbr-sr"> {ANSWERS[answer]}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const ANSWERS = {
  asked: "asked for",
  there: "is there",
  missing: "is not there",
  failed: "could not be read",
} as const;

/** Seconds that go on by themselves between what the kernel says. */
function useSeconds(known: number): number {
  const [since, setSince] = useState(0);
  useEffect(() => {
    const began = performance.now();
    const tick = () => setSince((performance.now() - began) / 1000);
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [known]);
  return known + since;
}
