const PATHS = {
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  close: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  invert: "M8 2.5a5.5 5.5 0 0 1 0 11 5.5 5.5 0 0 1 0-11",
  check: "M3 8.5l3.2 3.2L13 4.8",
  chevron: "M6 4l4 4-4 4",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  back: "M3 8a5 5 0 1 0 1.6-3.6M3 2.5v3h3",
  again: "M13 8a5 5 0 1 1-1.6-3.6M13 2.5v3h-3",
  edit: "M3 13l.7-2.8 7-7 2.1 2.1-7 7z",
  warning: "M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.2",
} as const;

/** Small line drawings in the colour of the text around them. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="nbr-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
      {name === "invert" && <path class="nbr-solid" d="M8 2.5a5.5 5.5 0 0 0 0 11z" />}
    </svg>
  );
}
