export interface Token {
  readonly kind: "key" | "text" | "number" | "word" | "plain";
  readonly text: string;
}

/** Beyond this, colouring costs more than it helps: a spectral stack's JSON has megabytes. */
export const MOST_COLOURED = 100_000;

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Splits JSON text into coloured parts; joined, they are the text again. */
export function jsonTokens(json: string): readonly Token[] {
  if (json.length > MOST_COLOURED) return [{ kind: "plain", text: json }];
  const tokens: Token[] = [];
  let end = 0;
  const plain = (until: number) => {
    if (until > end) tokens.push({ kind: "plain", text: json.slice(end, until) });
    end = until;
  };
  for (const found of json.matchAll(TOKEN)) {
    plain(found.index);
    const [whole, text, colon, number] = found;
    const kind = text ? (colon ? "key" : "text") : number ? "number" : "word";
    const own = text ?? whole;
    tokens.push({ kind, text: own });
    end += own.length;
    plain(found.index + whole.length);
  }
  plain(json.length);
  return tokens;
}
