import { CopyButton } from "./CopyButton";

interface CodeBlockProps {
  label: string;
  text: string;
  /** The text in parts, each with the class that colours it. */
  parts?: readonly { readonly kind: string; readonly text: string }[];
}

/** Text to read and to take along; it scrolls by itself. */
export function CodeBlock({ label, text, parts }: CodeBlockProps) {
  return (
    <figure class="nbr-code">
      <figcaption>
        <span>{label}</span>
        <CopyButton text={text} />
      </figcaption>
      <section aria-label={label}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
        <pre tabIndex={0}>
          {parts
            ? parts.map(({ kind, text: part }, at) => (
                <span key={at} class={`nbr-code-${kind}`}>
                  {part}
                </span>
              ))
            : text}
        </pre>
      </section>
    </figure>
  );
}
