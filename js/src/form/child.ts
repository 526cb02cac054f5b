import type { Model } from "../model";
import type { FormModel } from "./model";

const REFERENCE = "IPY_MODEL_";

/**
 * The model of the form's live view. Null where the host can't give one (marimo has no widget manager);
 * the form then says how to look at the dataset instead.
 */
export async function childModel(model: FormModel, reference: string): Promise<Model | null> {
  const name = reference.startsWith(REFERENCE) ? reference.slice(REFERENCE.length) : reference;
  try {
    return (await model.widget_manager?.get_model?.(name)) ?? null;
  } catch {
    return null;
  }
}
