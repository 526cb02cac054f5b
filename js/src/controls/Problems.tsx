import { useState } from "preact/hooks";
import { type ErrorInfo, PROTOCOL_VERSION } from "../protocol";
import type { Viewer } from "../viewer";
import { copyText } from "./clipboard";
import { Icon } from "./Icon";

/** Everything that went wrong, worst first. A broken layer or tile does not stop the others. */
export function Problems({ viewer }: { viewer: Viewer }) {
  const problem = viewer.synced.problem.value;
  const scene = viewer.synced.scene.value;
  const { failed, error } = viewer.progress.value;
  return (
    <div class="nbr-problems" role="alert">
      {viewer.link.value === "gone" && <Problem error={KERNEL_GONE} />}
      {problem && <Problem error={problem} />}
      {scene && scene.protocol !== PROTOCOL_VERSION && <Problem error={OTHER_VERSION} />}
      {scene?.layers.map(
        ({ name, problem: own }) => own && <Problem key={name} title={`Layer ${name}`} error={own} />,
      )}
      {error && (
        <Problem
          title={failed === 1 ? "1 tile could not be read" : `${failed} tiles could not be read`}
          error={error}
          retry={() => viewer.retry()}
        />
      )}
    </div>
  );
}

const KERNEL_GONE: ErrorInfo = {
  code: "kernel-gone",
  text: "The kernel that showed this was restarted or has ended, so nothing more can be loaded",
  where: "",
  hint: "Run the cell again. What is shown stays until then.",
};

const OTHER_VERSION: ErrorInfo = {
  code: "other-version",
  text: "The page and the Python package are of different versions",
  where: "",
  hint: "Save the notebook, restart the kernel and reload the page.",
};

interface ProblemProps {
  error: ErrorInfo;
  title?: string;
  retry?: () => void;
}

function Problem({ error, title, retry }: ProblemProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(problemText(error, title)));
  return (
    <div class="nbr-problem" data-code={error.code}>
      <Icon name="warning" />
      <div class="nbr-problem-text">
        <p>
          {title && <b>{title}: </b>}
          {error.text}
        </p>
        {error.where && <code>{error.where}</code>}
        {error.hint && <p class="nbr-quiet">{error.hint}</p>}
      </div>
      <div class="nbr-actions">
        {retry && (
          <button type="button" class="nbr-button" onClick={retry}>
            Retry failed
          </button>
        )}
        <button type="button" class="nbr-button" onClick={copy} onBlur={() => setCopied(false)}>
          {copied ? "Copied" : "Copy"}
        </button>
      </div>
    </div>
  );
}

/** The error as one would paste it into a report. */
export function problemText({ code, text, where, hint }: ErrorInfo, title?: string): string {
  return [title ? `${title}: ${text}` : text, where && `at ${where}`, hint, `(${code})`]
    .filter(Boolean)
    .join("\n");
}
