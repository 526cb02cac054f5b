import type { Access, AccessKind } from "./protocol";

/** How an address is reached, which decides what proves who is asking. */
export type Place = "http" | "s3" | "gs";

export type FieldName = "name" | "secret" | "session" | "payer";

export interface AccessField {
  readonly name: FieldName;
  readonly label: string;
  /** Not shown while it is typed. */
  readonly hidden?: boolean;
  /** May also be chosen as a file. */
  readonly file?: boolean;
}

export interface Choice {
  readonly kind: AccessKind;
  readonly label: string;
  readonly fields: readonly AccessField[];
}

export type Values = Readonly<Record<FieldName, string>>;

export const NOTHING: Values = { name: "", secret: "", session: "", payer: "" };

const ANONYMOUS: Choice = { kind: "anonymous", label: "Anonymous", fields: [] };
const PAYER: AccessField = { name: "payer", label: "Project that pays (optional)" };

/** What a person can choose from, by the place. */
export const CHOICES: Readonly<Record<Place, readonly Choice[]>> = {
  http: [
    ANONYMOUS,
    {
      kind: "basic",
      label: "Password",
      fields: [
        { name: "name", label: "User name" },
        { name: "secret", label: "Password", hidden: true },
      ],
    },
    { kind: "bearer", label: "Token", fields: [{ name: "secret", label: "Bearer token", hidden: true }] },
  ],
  s3: [
    ANONYMOUS,
    {
      kind: "key",
      label: "Access key",
      fields: [
        { name: "name", label: "Access key id" },
        { name: "secret", label: "Secret access key", hidden: true },
        { name: "session", label: "Session token (optional)", hidden: true },
      ],
    },
    {
      kind: "profile",
      label: "Profile",
      fields: [{ name: "name", label: "Profile of the kernel's machine" }],
    },
    { kind: "default", label: "Environment", fields: [] },
  ],
  gs: [
    ANONYMOUS,
    {
      kind: "service_account",
      label: "Service account",
      fields: [
        { name: "secret", label: "Key of the service account (JSON)", hidden: true, file: true },
        PAYER,
      ],
    },
    {
      kind: "bearer",
      label: "Token",
      fields: [{ name: "secret", label: "Access token", hidden: true }, PAYER],
    },
    { kind: "default", label: "Environment", fields: [PAYER] },
  ],
};

/** Where an address leads, whatever format stands in front of it. */
export function placeOf(address: string): Place {
  const bare = address.trim().replace(/^(zarr[23]?|n5|precomputed):\/\//i, "");
  if (/^s3(\+https?)?:\/\//i.test(bare)) return "s3";
  return /^(gs|gcs)(\+\w+)*:\/\//i.test(bare) ? "gs" : "http";
}

/** What is sent along with an address; null for nothing. */
export function accessOf({ kind, fields }: Choice, values: Values, requesterPays: boolean): Access | null {
  const typed = (name: FieldName) => (fields.some((one) => one.name === name) ? values[name].trim() : "");
  if (kind === "anonymous") return null;
  return {
    kind,
    name: typed("name"),
    secret: typed("secret"),
    session: typed("session"),
    payer: typed("payer"),
    requester_pays: requesterPays,
  };
}
