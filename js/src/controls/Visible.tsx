interface VisibleProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** The box that says whether something is drawn. */
export function Visible({ label, checked, onChange }: VisibleProps) {
  return (
    <input
      type="checkbox"
      class="nbr-check"
      aria-label={label}
      title={label}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
