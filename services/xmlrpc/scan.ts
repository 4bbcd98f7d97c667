/**
 * A pull scanner for the XML that XML-RPC uses: elements, text, CDATA, comments, the five named entities and character
 * references. A document type declaration is refused outright, and with it every entity that a document could define:
 * no expansion, no external access, time and memory linear in the input.
 */

export class XmlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "XmlError";
  }
}

export type Token = { kind: "open"; name: string } | { kind: "close"; name: string } | { kind: "end" };

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const NAME = /[A-Za-z_:][\w:.-]*/y;

/** Replaces references in text. @throws XmlError for one that XML does not define. */
function resolveReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]{0,12};?)/g, (whole, body: string) => {
    if (!body.endsWith(";")) throw new XmlError("not well-formed (invalid token)");
    const name = body.slice(0, -1);
    const named = NAMED[name];
    if (named !== undefined) return named;
    const reference = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    if (reference === null) throw new XmlError(`undefined entity ${whole}`);
    const code = reference[1] === undefined ? Number(reference[2]) : Number.parseInt(reference[1], 16);
    const forbidden =
      code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || (code < 32 && ![9, 10, 13].includes(code));
    if (forbidden) throw new XmlError("reference to invalid character number");
    return String.fromCodePoint(code);
  });
}

export class Scanner {
  #at = 0;
  #pendingClose: string | null = null;
  /** Text met since the last token. */
  text = "";

  constructor(readonly source: string) {
    if (source.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  /** The next element boundary; what text lay before it is in `text`. @throws XmlError */
  next(): Token {
    this.text = "";
    if (this.#pendingClose !== null) {
      const name = this.#pendingClose;
      this.#pendingClose = null;
      return { kind: "close", name };
    }
    const { source } = this;
    for (;;) {
      const open = source.indexOf("<", this.#at);
      if (open === -1) {
        this.text += resolveReferences(source.slice(this.#at));
        this.#at = source.length;
        return { kind: "end" };
      }
      if (open > this.#at) this.text += resolveReferences(source.slice(this.#at, open));
      this.#at = open;
      const second = source[open + 1];
      if (second === "/") return this.#closeTag(open + 2);
      if (second === "?") this.#skipTo("?>", open);
      else if (second !== "!") return this.#openTag(open + 1);
      else if (source.startsWith("<!--", open)) this.#skipTo("-->", open + 4);
      else if (source.startsWith("<![CDATA[", open)) {
        const end = this.#find("]]>", open + 9);
        this.text += source.slice(open + 9, end);
        this.#at = end + 3;
      } else throw new XmlError("document type declarations are not accepted");
    }
  }

  #find(text: string, from: number): number {
    const end = this.source.indexOf(text, from);
    if (end === -1) throw new XmlError("unclosed token");
    return end;
  }

  #skipTo(text: string, from: number): void {
    this.#at = this.#find(text, from) + text.length;
  }

  #name(from: number): string {
    NAME.lastIndex = from;
    const match = NAME.exec(this.source);
    if (match === null) throw new XmlError("not well-formed (invalid token)");
    return match[0];
  }

  #closeTag(from: number): Token {
    const name = this.#name(from);
    const end = this.#find(">", from + name.length);
    if (this.source.slice(from + name.length, end).trim() !== "") throw new XmlError("not well-formed (invalid token)");
    this.#at = end + 1;
    return { kind: "close", name };
  }

  #openTag(from: number): Token {
    const name = this.#name(from);
    const end = this.#find(">", from + name.length);
    const rest = this.source.slice(from + name.length, end);
    if (rest.includes("<") || (rest !== "" && !/^(?:\s[\s\S]*)?\/?$/.test(rest))) {
      throw new XmlError("not well-formed (invalid token)");
    }
    if (rest.endsWith("/")) this.#pendingClose = name;
    this.#at = end + 1;
    return { kind: "open", name };
  }
}
