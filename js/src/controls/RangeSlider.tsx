import { limitText } from "../view/numbers";

type Pair = readonly [number, number];

interface RangeSliderProps {
  label: string;
  value: Pair;
  /** Where the slider ends; it grows when the value lies outside. */
  ends: Pair;
  whole: boolean;
  onInput: (value: Pair) => void;
}

/** A slider with two handles, each with a field for exact values. Two native sliders, so keys just work. */
export function RangeSlider({ label, value: [low, high], ends, whole, onInput }: RangeSliderProps) {
  const min = Math.min(ends[0], low, high);
  const max = Math.max(ends[1], low, high, min + (whole ? 1 : Number.MIN_VALUE));
  const step = whole ? 1 : (max - min) / 1000;
  const part = (value: number) => `${(100 * (value - min)) / (max - min)}%`;
  const set = (text: string, make: (value: number) => Pair) => {
    const next = Number.parseFloat(text);
    if (Number.isFinite(next)) onInput(make(next));
  };
  // The handles push each other along instead of crossing.
  const setLow = (next: number): Pair => [next, Math.max(next, high)];
  const setHigh = (next: number): Pair => [Math.min(low, next), next];
  return (
    <>
      <Field label={`${label}, lower limit`} value={low} onInput={(text) => set(text, setLow)} />
      <div
        class="nbr-double"
        style={{ "--from": part(Math.min(low, high)), "--to": part(Math.max(low, high)) }}
      >
        <input
          type="range"
          aria-label={`${label}, lower`}
          min={min}
          max={max}
          step={step}
          value={low}
          onInput={(event) => set(event.currentTarget.value, setLow)}
        />
        <input
          type="range"
          aria-label={`${label}, upper`}
          min={min}
          max={max}
          step={step}
          value={high}
          onInput={(event) => set(event.currentTarget.value, setHigh)}
        />
      </div>
      <Field label={`${label}, upper limit`} value={high} onInput={(text) => set(text, setHigh)} />
    </>
  );
}

function Field({ label, value, onInput }: { label: string; value: number; onInput: (text: string) => void }) {
  return (
    <input
      type="text"
      inputMode="decimal"
      class="nbr-number"
      aria-label={label}
      value={limitText(value)}
      onChange={(event) => onInput(event.currentTarget.value)}
    />
  );
}
