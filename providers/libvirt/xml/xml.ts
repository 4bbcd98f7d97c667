import { XMLBuilder, XMLParser } from "fast-xml-parser";

/**
 * An element as an object: "@name" are attributes, "#" is its text, other keys are children in order; a list is the
 * element repeated. `undefined` is left out, so optional parts need no conditions.
 */
export interface Element {
  [name: string]: Content;
}
export type Content = string | number | Element | Content[] | undefined;

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Line ends and tabs too: they would become spaces in attributes (XML 1.0, 3.3.3). */
function escapeText(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, (character) => ESCAPES[character] ?? `&#${character.charCodeAt(0)};`);
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  textNodeName: "#",
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  format: true,
  processEntities: false,
  tagValueProcessor: (_, value) => escapeText(String(value)),
  attributeValueProcessor: (_, value) => escapeText(String(value)),
});

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  textNodeName: "#",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
});

export function buildXml(document: Element): string {
  return builder.build(prune(document));
}

function prune(content: Content): Content {
  if (Array.isArray(content)) return content.filter((item) => item !== undefined).map(prune);
  if (typeof content !== "object") return content;
  return Object.fromEntries(
    Object.entries(content)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, prune(value)]),
  );
}

/** An element of a parsed document, with what reading needs. */
export class Node {
  constructor(private readonly content: unknown) {}

  /** The first child of this name. */
  child(name: string): Node | undefined {
    return this.children(name)[0];
  }

  /** All children of this name, in order. */
  children(name: string): Node[] {
    const value = this.member(name);
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((item) => new Node(item));
  }

  /** The child at the end of the path of names. */
  at(...path: string[]): Node | undefined {
    return path.reduce<Node | undefined>((node, name) => node?.child(name), this);
  }

  attribute(name: string): string | undefined {
    const value = this.member(`@${name}`);
    return typeof value === "string" ? value : undefined;
  }

  get text(): string {
    if (typeof this.content === "string") return this.content;
    const text = this.member("#");
    return typeof text === "string" ? text : "";
  }

  private member(name: string): unknown {
    if (typeof this.content !== "object" || this.content === null) return undefined;
    return (this.content as Record<string, unknown>)[name];
  }
}

/** Parses a document as libvirt prints it and returns its root, which must have this name. */
export function parseXml(xml: string, root: string): Node {
  const node = new Node(parser.parse(xml)).child(root);
  if (node === undefined) throw new Error(`libvirt answered with something else than a <${root}> document`);
  return node;
}
