import type { Model } from "../model";
import type { FormMessage, FormState } from "./protocol";

/** The traits of the form that the page reads; it writes none. */
export interface FormTraits {
  _kind: "form";
  _state: FormState;
  /** `datasource-properties.json` as text; empty while there is no layer. */
  _json: string;
  /** Reference to the live view (`IPY_MODEL_…`), null while there is no layer. */
  _view: string | null;
  /** Python that makes the same dataset; empty while there is no layer. */
  _code: string;
  _comm_id: string;
}

/** A message as components make it; the client numbers it. */
export type Unnumbered = FormMessage extends infer One
  ? One extends FormMessage
    ? Omit<One, "rid">
    : never
  : never;

/** What the form uses of an anywidget model. */
export interface FormModel {
  get<K extends keyof FormTraits>(name: K): FormTraits[K];
  send(content: FormMessage): void;
  on(event: `change:${keyof FormTraits}`, action: () => void): void;
  off(event: `change:${keyof FormTraits}`, action: () => void): void;
  /** Only hosts with ipywidgets have one. */
  readonly widget_manager?: { get_model?(name: string): Promise<Model> };
}
