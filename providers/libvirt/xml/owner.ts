import { createHash } from "node:crypto";
import type { Element, Node } from "./xml";

/** Who made an object, and from what: written into the metadata of networks and domains. */
export interface Owner {
  urn: string;
  /** Hex sha256 of the document without this metadata. */
  digest: string;
}

const NAMESPACE = "https://www.pulumi.com/libvirt/1.0";

export function ownerElement(owner: Owner): Element {
  return {
    "pulumi:resource": { "@xmlns:pulumi": NAMESPACE, "@urn": owner.urn, "@digest": owner.digest },
  };
}

/** The owner in the metadata of a network or domain, if a provider of ours made it. */
export function readOwner(root: Node): Owner | undefined {
  const resource = root.at("metadata", "pulumi:resource");
  const urn = resource?.attribute("urn");
  return urn === undefined ? undefined : { urn, digest: resource?.attribute("digest") ?? "" };
}

/** The digest of a value that does not depend on the order of its members. */
export function digestOfValue(value: unknown): string {
  return digest(JSON.stringify(value, (_, part) => (isObject(part) ? sorted(part) : part)));
}

function isObject(part: unknown): part is object {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}

function sorted(part: object): object {
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
