/** A step's posts as tables: first what is wrong, expected beside got; then what is as expected, a row each. */
import type { Entry } from "../compare";
import { escaped, linked } from "./markup";

const KINDS = {
  match: "as expected",
  different: "different",
  missing: "missing",
  extra: "not expected",
  duplicate: "posted twice",
} as const;

type Posted = Entry<object, object>;

/** What is as expected is folded up where something is not. */
export function postsTable(title: string, entries: readonly Posted[], autoqaUrl: string): string {
  const wrong = entries.filter(({ kind }) => kind !== "match");
  const right = entries.flatMap(({ kind, got }) => (kind === "match" && got !== undefined ? [got] : []));
  if (wrong.length === 0) return right.length === 0 ? "" : rightTable(title, right, autoqaUrl);
  const folded = `<details><summary>${right.length} more as expected</summary>
${rightTable("", right, autoqaUrl)}</details>`;
  return wrongTable(title, wrong, autoqaUrl) + (right.length === 0 ? "" : folded);
}

function caption(title: string): string {
  return title === "" ? "" : `<caption>${title}</caption>`;
}

function wrongTable(title: string, entries: readonly Posted[], autoqaUrl: string): string {
  const rows = entries.map(({ kind, expected, got, fields = [] }) => {
    const side = (name: string, record: object | undefined) =>
      `<td data-name="${name}">${record === undefined ? "nothing" : recordList(record, fields, autoqaUrl)}</td>`;
    return `<tr><th scope="row">${KINDS[kind]}</th>${side("expected", expected)}${side("got", got)}</tr>`;
  });
  return `<table class="wrong">${caption(title)}
<thead><tr><th scope="col"></th><th scope="col">expected</th><th scope="col">got</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}

/** Posts of one kind have the same fields: these are the columns. */
function rightTable(title: string, records: readonly object[], autoqaUrl: string): string {
  const names = Object.keys(records[0] ?? {});
  const rows = records.map((record) => {
    const cells = Object.entries(record).map(
      ([name, value]) => `<td data-name="${escaped(name)}">${linked(String(value), autoqaUrl, "short")}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table class="right">${caption(title)}
<thead><tr>${names.map((name) => `<th scope="col">${escaped(name)}</th>`).join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}

function recordList(record: object, marked: readonly string[], autoqaUrl: string): string {
  const fields = Object.entries(record).map(([name, value]) => {
    const shown = linked(String(value), autoqaUrl);
    return `<div><dt>${escaped(name)}</dt><dd>${marked.includes(name) ? `<mark>${shown}</mark>` : shown}</dd></div>`;
  });
  return `<dl>${fields.join("")}</dl>`;
}
