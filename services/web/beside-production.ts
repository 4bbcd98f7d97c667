/** The pages where bodhi reads production through: of what was posted here, for the rest is to be seen in production. */
import type { KeptComment } from "../bodhi/read-through/comments";
import type { Infrastructure } from "../infrastructure";
import { toBodhiTime } from "../world/time";
import { type Html, html } from "./html";
import { facts, type Page, table } from "./layout";
import { RESULT_COLUMNS, resultCells, shownRequests } from "./updates";

const SHOWN = 50;

function commentTable(comments: readonly KeptComment[]): Html {
  return table(
    ["Update", "Posted", "By", "#Karma", "Text"],
    comments
      .slice(-SHOWN)
      .reverse()
      .map(({ update, at, author, karma, text }) => [
        update,
        html`<time>${toBodhiTime(at)}</time>`,
        author,
        karma,
        html`<pre>${text}</pre>`,
      ]),
    "None.",
  );
}

export function postedPage({ results, journal }: Infrastructure, comments: readonly KeptComment[]): Page {
  const body = html`
${facts([
  ["Posted here", html`<a href="/results">${results.count()} results</a>, ${comments.length} comments`],
  ["Requests", shownRequests(journal)],
])}
<h2>Last comments posted</h2>${commentTable(comments)}
<h2>Last results</h2>${table(RESULT_COLUMNS, results.results({ data: [] }, 0, SHOWN).map(resultCells), "None.")}`;
  return { title: "Overview", body };
}

export function searchPosted({ results }: Infrastructure, comments: readonly KeptComment[], terms: string): Page {
  const wanted = terms.trim().toLowerCase();
  if (wanted === "")
    return { title: "Search", body: html`<p>Type a part of an update's, a build's or a test's name above.</p>` };
  const found = comments.filter(({ update, title, text }) =>
    `${update} ${title} ${text}`.toLowerCase().includes(wanted),
  );
  const like = [`*${wanted}*`];
  const ofItems = results.results({ data: [{ key: "item", like: true, values: like }] }, 0, SHOWN);
  const ofTests = results.results({ data: [], testcasesLike: like }, 0, SHOWN);
  const rows = [...new Map([...ofItems, ...ofTests].map((row) => [row.id, row])).values()];
  const body = html`
<h2>Comments</h2>${commentTable(found)}
<h2>Results</h2>${table(RESULT_COLUMNS, rows.map(resultCells), "No result.")}`;
  return { title: `Search: ${terms}`, body };
}
