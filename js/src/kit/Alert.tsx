import { Icon } from "../controls/Icon";
import type { ErrorInfo } from "../protocol";

interface AlertProps {
  error: ErrorInfo;
  /** Leave out where it happened, when it is said already. */
  withoutPlace?: boolean;
}

/** What went wrong, where, and what to try. */
export function Alert({ error, withoutPlace }: AlertProps) {
  return (
    <div class="nbr-alert" data-code={error.code}>
      <Icon name="warning" />
      <div>
        <p>{sentence(error.text)}</p>
        {error.where && !withoutPlace && <code>{error.where}</code>}
        {error.hint && <p class="nbr-quiet">{error.hint}</p>}
      </div>
    </div>
  );
}

/** Errors begin in lower case and end without a full stop, as parts of a longer message. */
function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
