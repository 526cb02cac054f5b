interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  onInput: (value: number) => void;
}

/** A named whole-number slider with a field to type in: slices and time points. */
export function Slider({ label, value, min, max, onInput }: SliderProps) {
  const part = max > min ? (100 * (value - min)) / (max - min) : 0;
  const set = (text: string) => {
    const next = Number.parseInt(text, 10);
    if (Number.isFinite(next)) onInput(Math.min(max, Math.max(min, next)));
  };
  return (
    <div class="nbr-slider">
      <span class="nbr-name">{label}</span>
      <input
        type="range"
        class="nbr-range"
        aria-label={label}
        min={min}
        max={max}
        step={1}
        value={value}
        style={{ "--from": "0%", "--to": `${part}%` }}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <input
        type="number"
        class="nbr-number"
        aria-label={`${label}, number`}
        min={min}
        max={max}
        value={value}
        style={{ "--digits": String(max).length }}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <span class="nbr-of">/ {max}</span>
    </div>
  );
}
