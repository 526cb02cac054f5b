import { useState } from "preact/hooks";
import { copyText } from "../controls/clipboard";
import { Button } from "./Button";

/** Copies a text, and says so until the focus goes on. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button onClick={async () => setCopied(await copyText(text))} onBlur={() => setCopied(false)}>
      <span aria-live="polite">{copied ? "Copied" : label}</span>
    </Button>
  );
}
