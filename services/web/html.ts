/** HTML as template strings that escape whatever is put into them. */

/** Markup that is safe as it stands. */
export class Html {
  constructor(readonly markup: string) {}
}

export type Content = string | number | null | undefined | Html | readonly Content[];

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => REFERENCES[character] as string);
}

function render(content: Content): string {
  if (content instanceof Html) return content.markup;
  if (content === null || content === undefined) return "";
  return Array.isArray(content) ? content.map(render).join("") : escapeHtml(String(content));
}

/** `html`<b>${text}</b>`` — text is escaped, other markup is not. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(strings.map((text, index) => text + render(values[index])).join(""));
}

/** A path whose parts may be anything. */
export function path(...parts: readonly (string | number)[]): string {
  return `/${parts.map((part) => encodeURIComponent(String(part))).join("/")}`;
}
