import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { Lifetime } from "../lifetime";
import { askForOwnSubshell } from "../subshell";
import { Viewer } from "../viewer";
import { childModel } from "./child";
import type { FormModel, FormTraits, Unnumbered } from "./model";
import type { FormState, Refusal } from "./protocol";

/** After this long without an answer the page says what it waits for, milliseconds. */
export const SLOW_AFTER = 300;

/** After this long it says what may have happened, milliseconds. */
export const LOST_AFTER = 8_000;
/** Hosts that can't find the view's model may stay silent about it; milliseconds. */
export const VIEW_COMES_WITHIN = 5_000;

/** Whether the kernel answers: yes, not for a while, not for long. */
export type Patience = "answered" | "waiting" | "lost";

/** The live canvas: none yet, on its way, here, or not to be had in this host. */
export type Preview = "none" | "coming" | "impossible" | Viewer;

/** Refusals that are remembered: one per field that can be wrong at a time is plenty. */
const REMEMBERED = 64;

/** Six digits: what a slider gives has no more to say. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** JSON as it is being edited. */
export interface Draft {
  readonly text: string;
  /** What was shown when the editing began. */
  readonly before: string;
  /** Number of the message that took it to the kernel; 0 while it was not sent. */
  readonly rid: number;
}

/** The page's end of the form: what the kernel says as signals, what the person does as messages. */
export class FormClient {
  readonly lifetime: Lifetime;
  readonly state: ReadonlySignal<FormState>;
  readonly json: ReadonlySignal<string>;
  readonly preview = signal<Preview>("none");
  readonly patience = signal<Patience>("answered");
  /** Null while the JSON is shown as the kernel says it. */
  readonly draft = signal<Draft | null>(null);
  /** Python that makes the same dataset. */
  readonly code: ReadonlySignal<string>;
  readonly #model: FormModel;
  readonly #waitTimer;
  readonly #lostTimer;
  readonly #refusals = new Map<number, Refusal>();
  #rid: number;

  constructor(model: FormModel, outer?: AbortSignal) {
    this.#model = model;
    this.lifetime = new Lifetime(outer);
    this.state = this.#mirror("_state");
    this.json = this.#mirror("_json");
    this.code = this.#mirror("_code");
    const view = this.#mirror("_view");
    this.#rid = this.state.peek().answered;
    this.#waitTimer = this.lifetime.timer(() => {
      this.patience.value = "waiting";
    });
    this.#lostTimer = this.lifetime.timer(() => {
      this.patience.value = "lost";
    });
    this.lifetime.onEnd(effect(() => this.#settle()));
    this.lifetime.onEnd(effect(() => this.#show(view.value)));
  }

  /** Sends a message and returns its number; `refusalOf` and `isAnswered` tell what came of it. */
  send(message: Unnumbered): number {
    this.#rid++;
    this.#waitTimer.start(SLOW_AFTER);
    this.#lostTimer.start(LOST_AFTER);
    this.#model.send({ ...message, rid: this.#rid });
    return this.#rid;
  }

  isAnswered(rid: number): boolean {
    return this.state.value.answered >= rid;
  }

  refusalOf(rid: number): Refusal | null {
    const { refusal } = this.state.value;
    return refusal?.rid === rid ? refusal : (this.#refusals.get(rid) ?? null);
  }

  /** Why the edited JSON is not what the dataset is, null when it is or nothing was edited. */
  draftProblem(): "unsent" | Refusal | null {
    const draft = this.draft.value;
    if (!draft) return null;
    if (!draft.rid || !this.isAnswered(draft.rid)) return "unsent";
    return this.refusalOf(draft.rid);
  }

  /** Contrast limits as the canvas shows them, null while it doesn't show the layer. */
  contrastSeen(layer: string, channel: number): readonly [string, string] | null {
    const preview = this.preview.value;
    if (typeof preview === "string") return null;
    const limits = preview.synced.contrast.value[layer]?.[channel];
    return limits ? [shortNumber(limits[0]), shortNumber(limits[1])] : null;
  }

  #settle(): void {
    const { refusal } = this.state.value;
    if (refusal) this.#refusals.set(refusal.rid, refusal);
    for (const rid of this.#refusals.keys()) {
      if (this.#refusals.size <= REMEMBERED) break;
      this.#refusals.delete(rid);
    }
    if (this.state.value.answered < this.#rid) return;
    this.#waitTimer.cancel();
    this.#lostTimer.cancel();
    this.patience.value = "answered";
  }

  /** Ends the viewer before, and draws the view that a reference names once its model is here. */
  #show(reference: string | null): () => void {
    const lifetime = new Lifetime(this.lifetime.signal);
    if (!reference) {
      this.preview.value = "none";
      return () => lifetime.end();
    }
    this.preview.value = "coming";
    const giveUp = lifetime.timer(() => {
      this.preview.value = "impossible";
    });
    giveUp.start(VIEW_COMES_WITHIN);
    childModel(this.#model, reference).then((model) => {
      if (lifetime.ended) return;
      giveUp.cancel();
      if (!model) {
        this.preview.value = "impossible";
        return;
      }
      const viewer = new Viewer(model, lifetime.signal);
      askForOwnSubshell(model, viewer.lifetime);
      this.preview.value = viewer;
    });
    return () => lifetime.end();
  }

  #mirror<K extends keyof FormTraits>(name: K): ReadonlySignal<FormTraits[K]> {
    const mirrored = signal(this.#model.get(name));
    const follow = () => {
      mirrored.value = this.#model.get(name);
    };
    this.#model.on(`change:${name}`, follow);
    this.lifetime.onEnd(() => this.#model.off(`change:${name}`, follow));
    return mirrored;
  }
}
