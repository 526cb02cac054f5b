/** Turns while something is under way; what it is stands beside it as text. */
export function Spinner() {
  return <span class="nbr-spinner" aria-hidden="true" />;
}
