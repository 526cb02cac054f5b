import { Icon } from "../controls/Icon";
import { Button } from "../kit/Button";
import { Spinner } from "../kit/Spinner";
import type { Diagnosed, DiagnosisStep } from "./protocol";

interface DiagnosisProps {
  diagnosed: Diagnosed;
  onCancel: () => void;
}

/** What was checked on the way to an address, how far it came, and what to try. */
export function Diagnosis({ diagnosed, onCancel }: DiagnosisProps) {
  const { running, ok, steps, hints, verdict } = diagnosed;
  if (running) {
    return (
      <div class="nbr-looking-line" role="status">
        <Spinner />
        <span class="nbr-tally">Finding out why; this takes 20 seconds at most</span>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    );
  }
  return (
    <section class="nbr-diagnosis" aria-label="Diagnosis">
      <p class="nbr-sr" role="status">
        Diagnosis: {verdict}
      </p>
      {ok && <p>It can be read now: {verdict}. Look at it with “Try again”.</p>}
      <ol>
        {steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      {hints.length > 0 && (
        <>
          <p class="nbr-try">What to try</p>
          <ul>
            {hints.map((hint) => (
              <li key={hint}>{hint}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const OUTCOMES = {
  ok: { icon: "check", said: "passed" },
  warning: { icon: "warning", said: "odd" },
  failed: { icon: "close", said: "failed" },
  skipped: { icon: "minus", said: "not known" },
} as const;

function Step({ step: { name, outcome, found, details } }: { step: DiagnosisStep }) {
  const { icon, said } = OUTCOMES[outcome];
  return (
    <li data-outcome={outcome}>
      <Icon name={icon} />
      <b>{STEPS[name] ?? name}</b>
      <span class="nbr-sr">{said}:</span>
      <span>
        {found}
        {details.map((detail) => (
          <small key={detail}>{detail}</small>
        ))}
      </span>
    </li>
  );
}

/** What a step is called in front of people. */
const STEPS: Readonly<Record<string, string>> = {
  name: "host name",
  tls: "TLS",
  ranges: "byte ranges",
  missing: "missing chunks",
};
