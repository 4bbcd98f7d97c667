/** What every page has: its head, the navigation, the search, the scenario's clock. */
import { type Content, Html, html } from "./html";

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fdfdfc; --line: #d5dae1; --soft: #f1f3f6; --link: #0b57a4; --good: #1a7f37; --bad: #b3261e; --warn: #8a5a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --paper: #14181e; --line: #343c47; --soft: #1d232b; --link: #7db7f2; --good: #57c271; --bad: #ff8a80; --warn: #e6b450 } }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
header { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center; padding: .7rem 1.2rem; background: var(--soft); border-bottom: 1px solid var(--line) }
header strong { font-size: 1.05rem } header form { margin-left: auto }
main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.2rem 3rem }
h1 { font-size: 1.5rem; margin: .4rem 0 .8rem } h2 { font-size: 1.1rem; margin: 1.6rem 0 .5rem }
a { color: var(--link) } nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem }
nav a[aria-current] { font-weight: 600; text-decoration: none; color: inherit }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600 } th, td time { white-space: nowrap } td.n, th.n { text-align: right }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 0 } dt { font-weight: 600 } dd { margin: 0; overflow-wrap: anywhere }
pre, code { font: 13px/1.45 ui-monospace, monospace } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .6rem .8rem; border-radius: .3rem; margin: .3rem 0 }
td pre, td code { display: block; min-width: 22rem }
input { font: inherit; padding: .2rem .5rem; border: 1px solid var(--line); border-radius: .3rem; background: var(--paper); color: inherit } button { font: inherit }
.good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) } .soft { opacity: .75 }
.comment { border-left: 3px solid var(--line); padding-left: .8rem; margin: .8rem 0 } .pages { margin: .8rem 0; display: flex; gap: 1rem }
`;

/** Address and name. */
const SECTIONS: readonly (readonly [string, string])[] = [
  ["/", "Overview"],
  ["/builds", "Builds"],
  ["/tags", "Tags"],
  ["/updates", "Updates"],
  ["/results", "Results"],
  ["/journal", "Journal"],
];

/** Where production is read through, what was posted here is all that there is. */
export const SECTIONS_OF_POSTS = new Set(["/", "/results", "/journal"]);

/** @param iso ISO 8601 in UTC */
export function shownInstant(iso: string): string {
  return iso.replace("T", " ").replace(/(\.\d+)?Z$/, "");
}

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
}

interface Surroundings {
  /** The navigation's entry that the page belongs to. */
  readonly section: string;
  /** Addresses of the navigation's entries; all, where there is no such set. */
  readonly sections: ReadonlySet<string> | undefined;
  /** ISO 8601. */
  readonly clock: string;
  readonly terms: string;
}

export function layout(page: Page, { section, sections, clock, terms }: Surroundings): string {
  const links = SECTIONS.filter(([target]) => sections?.has(target) ?? true).map(([target, name]) =>
    target === section
      ? html`<a href="${target}" aria-current="page">${name}</a>`
      : html`<a href="${target}">${name}</a>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} – mock infrastructure</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<strong>Mock infrastructure</strong>
<nav aria-label="Sections">${links}</nav>
<form action="/search" role="search"><input type="search" name="terms" value="${terms}" aria-label="Search" placeholder="Search"> <button>Search</button></form>
<span class="soft">clock <time datetime="${clock}">${shownInstant(clock)}</time> UTC</span>
</header>
<main>
<h1>${page.title}</h1>
${page.body}
</main>
</body>
</html>
`.markup;
}

/** @param columns a leading `#` makes a column of numbers. */
export function table(columns: readonly string[], rows: readonly (readonly Content[])[], empty: string): Html {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  const kind = columns.map((column) => (column.startsWith("#") ? "n" : ""));
  const head = columns.map(
    (column, index) => html`<th scope="col" class="${kind[index]}">${column.replace("#", "")}</th>`,
  );
  const body = rows.map(
    (row) => html`<tr>${row.map((cell, index) => html`<td class="${kind[index]}">${cell}</td>`)}</tr>\n`,
  );
  return html`<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

export function facts(pairs: readonly (readonly [string, Content])[]): Html {
  return html`<dl>${pairs.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

export const PER_PAGE = 50;

export interface Slice<T> {
  readonly rows: readonly T[];
  readonly links: Html;
}

/** The page that is asked for, within those that there are, and links to those beside it. */
export function pageOf(count: number, query: URLSearchParams): { page: number; links: Html } {
  const pages = Math.max(1, Math.ceil(count / PER_PAGE));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(query.get("page") ?? 1)) || 1));
  const link = (to: number, name: string): Html => {
    const other = new URLSearchParams(query);
    other.set("page", String(to));
    return html`<a href="?${other.toString()}" rel="${name === "Next" ? "next" : "prev"}">${name}</a>`;
  };
  if (pages === 1) return { page, links: html`` };
  const before = page > 1 ? link(page - 1, "Previous") : "";
  const after = page < pages ? link(page + 1, "Next") : "";
  return {
    page,
    links: html`<p class="pages"><span>Page ${page} of ${pages}, ${count} in all</span>${before}${after}</p>`,
  };
}

/** One page of many rows. */
export function paginate<T>(rows: readonly T[], query: URLSearchParams): Slice<T> {
  const { page, links } = pageOf(rows.length, query);
  return { rows: rows.slice((page - 1) * PER_PAGE, page * PER_PAGE), links };
}
