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

/** The page's end of the form: what the kernel says as signals, what the person does as messages. */
export class FormClient {
  readonly lifetime: Lifetime;
  readonly state: ReadonlySignal<FormState>;
  readonly json: ReadonlySignal<string>;
  readonly preview = signal<Preview>("none");
  readonly patience = signal<Patience>("answered");
  readonly #model: FormModel;
  readonly #waitTimer;
  readonly #lostTimer;
  #rid: number;

  constructor(model: FormModel, outer?: AbortSignal) {
    this.#model = model;
    this.lifetime = new Lifetime(outer);
    this.state = this.#mirror("_state");
    this.json = this.#mirror("_json");
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
    return refusal?.rid === rid ? refusal : null;
  }

  #settle(): void {
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
