import { useEffect, useId, useRef } from "preact/hooks";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import type { FormClient } from "./client";
import { FILE_NAME, saveText } from "./download";
import { jsonTokens } from "./json";
import type { JsonProblem } from "./protocol";

/** Typing that pauses this long is looked at by the kernel, milliseconds. */
export const READ_AFTER = 500;
/** Most problems that are listed. */
const LISTED = 20;

/**
 * The datasource as text, to be edited. What is wrong is marked at its line and listed; until it is right,
 * the last right state stays on the canvas and in the cards.
 */
export function JsonEditor({ client }: { client: FormClient }) {
  const json = client.json.value;
  const draft = client.draft.value;
  const { imported } = client.state.value;
  const problem = client.draftProblem();
  const refusal = problem === "unsent" ? null : problem;
  const text = draft?.text ?? json;
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const lines = text.split("\n").length;
  const problems = refusal?.json ?? [];
  const marked = new Set(problems.map(({ line }) => line));

  const send = () => {
    const now = client.draft.peek();
    if (now && !now.rid)
      client.draft.value = { ...now, rid: client.send({ kind: "edit_json", text: now.text }) };
  };
  useEffect(() => {
    if (!draft || draft.rid) return;
    const timer = setTimeout(send, READ_AFTER);
    return () => clearTimeout(timer);
  }, [draft]);
  // What the kernel made of it is shown once nobody is typing any more.
  const settle = () => {
    if (client.draftProblem() === null) client.draft.value = null;
  };
  useEffect(() => {
    if (document.activeElement !== area.current && !area.current?.matches(":focus")) settle();
  }, [draft, problem]);
  const edit = (value: string) => {
    client.draft.value = value === json ? null : { text: value, before: draft?.before ?? json, rid: 0 };
  };
  const goTo = ({ line, column }: JsonProblem) => {
    const before = text.split("\n", line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const at = before + column - 1;
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
    area.current?.closest(".nbr-json-scroll")?.scrollTo({ top: Math.max(0, (line - 6) * LINE_PX) });
  };
  return (
    <figure class="nbr-code nbr-json" data-bad={refusal ? "1" : "0"}>
      <figcaption>
        <span>{FILE_NAME}</span>
        {draft && !imported && (
          <Button
            onClick={() => {
              client.draft.value = null;
            }}
          >
            Discard changes
          </Button>
        )}
        <Button onClick={() => saveText(FILE_NAME, json)}>Save</Button>
        <CopyButton text={json} />
      </figcaption>
      <div class="nbr-json-scroll">
        <ol class="nbr-json-lines" aria-hidden="true">
          {Array.from({ length: lines }, (_, at) => (
            <li key={at} data-bad={marked.has(at + 1) ? "1" : "0"}>
              {at + 1}
            </li>
          ))}
        </ol>
        <div class="nbr-json-text">
          <pre aria-hidden="true">
            {jsonTokens(text).map(({ kind, text: part }, at) => (
              <span key={at} class={`nbr-code-${kind}`}>
                {part}
              </span>
            ))}
            {"\n"}
          </pre>
          {[...marked].map((line) => (
            <span key={line} class="nbr-json-mark" style={{ top: `${(line - 1) * LINE_PX}px` }} />
          ))}
          <textarea
            ref={area}
            aria-label={FILE_NAME}
            aria-invalid={refusal ? "true" : "false"}
            aria-describedby={`${id}-problems`}
            value={text}
            readOnly={imported}
            wrap="off"
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            onInput={(event) => edit(event.currentTarget.value)}
            onKeyDown={keepFromNotebook}
            onBlur={() => {
              send();
              settle();
            }}
          />
        </div>
      </div>
      <div id={`${id}-problems`} class="nbr-json-problems" role="alert">
        {refusal && problems.length === 0 && <p class="nbr-bad">{refusal.problem.text}</p>}
        {problems.slice(0, LISTED).map((one) => (
          <button key={`${one.line}:${one.column}:${one.text}`} type="button" onClick={() => goTo(one)}>
            <b>line {one.line}</b> {one.path && <code>{one.path}</code>} {one.text}
          </button>
        ))}
        {problems.length > LISTED && <p>{problems.length - LISTED} more</p>}
        {refusal && (
          <p class="nbr-quiet">
            The cards and the canvas show the last valid state. Import waits until this is valid.
          </p>
        )}
      </div>
    </figure>
  );
}

/** Height of a line, as in the style sheet. */
const LINE_PX = 17;

/** Keys are text here; the notebook has commands on them. Escape leaves, so that Tab can go on. */
function keepFromNotebook(event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): void {
  if (event.key === "Escape") event.currentTarget.blur();
  event.stopPropagation();
}
