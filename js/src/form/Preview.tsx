import { App } from "../controls/App";
import { Spinner } from "../kit/Spinner";
import type { FormClient } from "./client";

/** The live canvas of the dataset as it is now, before and after it is imported. */
export function Preview({ client }: { client: FormClient }) {
  const preview = client.preview.value;
  if (preview === "none") return null;
  if (preview === "coming") {
    return (
      <div class="nbr-preview nbr-preview-empty">
        <Spinner /> <span class="nbr-quiet">Opening the view</span>
      </div>
    );
  }
  if (preview === "impossible") {
    return (
      <div class="nbr-preview nbr-preview-empty">
        <span class="nbr-quiet">
          This notebook can't show the canvas inside the form. After the import,{" "}
          <code>form.dataset.view()</code> in the next cell shows it.
        </span>
      </div>
    );
  }
  return (
    <div class="nbr-preview">
      <div class="nbr nbr-inner">
        <App key={preview} viewer={preview} />
      </div>
    </div>
  );
}
