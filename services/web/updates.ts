/** Pages on updates, results, the journal, and the overview. */
import { karmaOf } from "../bodhi/rules/karma";
import { authorShown } from "../bodhi/rules/mail";
import type { Journal, JournalEntry } from "../http/journal";
import type { Infrastructure } from "../infrastructure";
import type { ResultRow } from "../resultsdb/records";
import { resultView } from "../resultsdb/views";
import type { Comment, Update } from "../world/bodhi-tables";
import { toBodhiTime } from "../world/time";
import { buildLink, updateLink } from "./builds";
import { type Content, type Html, html, path } from "./html";
import { facts, type Page, PER_PAGE, pageOf, paginate, shownInstant, table } from "./layout";

function updateTable(updates: readonly Update[]): Html {
  return table(
    ["Update", "Builds", "Release", "Status", "Request", "#Karma", "#Comments", "Submitted"],
    updates.map((update) => [
      updateLink(update.alias),
      update.builds.map((nvr) => html`${buildLink(nvr)} `),
      update.release.name,
      update.status,
      update.request ?? "",
      karmaOf(update),
      update.comments.length,
      toBodhiTime(update.submittedAt),
    ]),
    "There are no updates.",
  );
}

export function updatesPage({ world }: Infrastructure, query: URLSearchParams): Page {
  const newest = [...world.bodhi.updates].sort((a, b) => b.submittedAt - a.submittedAt || b.id - a.id);
  const { rows, links } = paginate(newest, query);
  return { title: "Updates", body: html`${updateTable(rows)}${links}` };
}

function commentBlock(comment: Comment): Html {
  const karma = comment.karma === 0 ? "" : comment.karma > 0 ? ", karma +1" : ", karma −1";
  const origin = comment.origin === "client" ? ", posted by a client" : "";
  const mail = comment.email ? "" : ", no mail wanted";
  return html`<article class="comment" id="comment-${comment.id}"><strong>${authorShown(comment)}</strong> <span class="soft">${toBodhiTime(comment.at)}${karma}${origin}${mail}</span><pre>${comment.text}</pre></article>`;
}

export function updatePage({ world }: Infrastructure, alias: string): Page | undefined {
  const update = world.bodhi.updatesByAlias.get(alias);
  if (update === undefined) return undefined;
  const body = html`
${facts([
  ["Builds", update.builds.map((nvr) => html`${buildLink(nvr)} `)],
  ["Release", update.release.longName],
  ["Status", update.status],
  ["Request", update.request ?? "none"],
  ["Type, severity", `${update.type}, ${update.severity}`],
  [
    "Karma",
    `${karmaOf(update)} (stable at ${update.stableKarma}, unstable at ${update.unstableKarma}${update.autokarma ? "" : ", not automatic"})`,
  ],
  ["Submitted", `${toBodhiTime(update.submittedAt)} by ${update.submitter}`],
  ["Bugs", update.bugs.map(({ id, title }) => `${id} ${title}`).join("; ") || "none"],
])}
<h2>Notes</h2>${update.notes === "" ? html`<p class="soft">None.</p>` : html`<pre>${update.notes}</pre>`}
<h2>Comments</h2>
${update.comments.length === 0 ? html`<p class="soft">Nobody has commented.</p>` : update.comments.map(commentBlock)}`;
  return { title: alias, body };
}

export function outcome(text: string): Html {
  const kind = text === "PASSED" ? "good" : text === "INFO" ? "" : text === "FAILED" ? "bad" : "warn";
  return html`<span class="${kind}">${text}</span>`;
}

export function resultCells(row: ResultRow): Content[] {
  const { item = [], type = [], arch = [] } = row.data;
  return [
    html`<a href="${path("results", row.id)}">${row.id}</a>`,
    outcome(row.outcome),
    row.testcase.name,
    item.join(" "),
    type.join(" "),
    arch.join(" "),
    html`<time>${toBodhiTime(row.submitTime)}</time>`,
    row.note ?? "",
  ];
}

export const RESULT_COLUMNS = ["#Id", "Outcome", "Testcase", "Item", "Type", "Arch", "Submitted", "Note"];

export function resultsPage({ results }: Infrastructure, query: URLSearchParams): Page {
  const { page, links } = pageOf(results.count(), query);
  const rows = results.results({ data: [] }, (page - 1) * PER_PAGE, PER_PAGE);
  const body = html`${table(RESULT_COLUMNS, rows.map(resultCells), "There are no results.")}${links}`;
  return { title: "Results", body };
}

export function resultPage({ results }: Infrastructure, id: string): Page | undefined {
  const row = /^\d{1,15}$/.test(id) ? results.result(Number(id)) : undefined;
  if (row === undefined) return undefined;
  const body = html`
${facts([
  ["Outcome", outcome(row.outcome)],
  ["Testcase", row.testcase.name],
  ["Note", row.note ?? ""],
  [
    "Log",
    row.refUrl !== null && /^https?:\/\//.test(row.refUrl)
      ? html`<a href="${row.refUrl}">${row.refUrl}</a>`
      : (row.refUrl ?? ""),
  ],
  ["Submitted", toBodhiTime(row.submitTime)],
  ["Groups", row.groups.join(", ")],
  ...Object.entries(row.data).map(([key, values]): [string, Content] => [key, values.join(", ")]),
])}
<h2>As the API tells it</h2><pre>${JSON.stringify(resultView(row, "…"), null, 2)}</pre>`;
  return { title: `Result ${id}`, body };
}

const JOURNAL_FILTERS: Readonly<Record<string, (entry: JournalEntry) => boolean>> = {
  writes: ({ write }) => write,
  unmodelled: ({ unmodelled }) => unmodelled,
  errors: ({ status, answer }) =>
    status >= 400 || (typeof answer === "object" && answer !== null && "faultCode" in answer),
};

function journalCells(entry: JournalEntry): Content[] {
  const marks = [
    entry.write ? html`<span class="warn">write</span> ` : "",
    entry.unmodelled ? html`<span class="bad">not modelled</span>` : "",
  ];
  const answer =
    entry.answer === undefined ? "" : html`<br><span class="soft">${JSON.stringify(entry.answer).slice(0, 300)}</span>`;
  return [
    entry.seq,
    html`<time>${shownInstant(entry.at)}</time>`,
    entry.service,
    entry.method,
    html`<code>${JSON.stringify(entry.arguments)?.slice(0, 300)}</code>${answer}`,
    entry.status,
    marks,
    entry.client,
  ];
}

export function journalPage({ journal }: Infrastructure, query: URLSearchParams): Page {
  const chosen = query.get("only") ?? "";
  const test = JOURNAL_FILTERS[chosen] ?? (() => true);
  const service = query.get("service");
  const entries = journal.after(0).filter((entry) => test(entry) && (service === null || entry.service === service));
  const { rows, links } = paginate([...entries].reverse(), query);
  const filters = ["all", ...Object.keys(JOURNAL_FILTERS)].map((name) =>
    (name === "all" ? !(chosen in JOURNAL_FILTERS) : name === chosen)
      ? html`<strong>${name}</strong> `
      : html`<a href="${name === "all" ? "/journal" : `/journal?only=${name}`}">${name}</a> `,
  );
  const columns = ["#Seq", "Clock", "Service", "Method", "Arguments and error", "#Status", "", "Client"];
  return {
    title: "Journal",
    body: html`<p>Show ${filters}</p>${table(columns, rows.map(journalCells), "Nothing was asked yet.")}${links}`,
  };
}

/** How much was asked, with links to it. */
export function shownRequests(journal: Journal): Html {
  const unmodelled = journal.after(0).filter((entry) => entry.unmodelled).length;
  return html`<a href="/journal">${journal.lastSeq}</a>, <a href="/journal?only=writes">${journal.writes} writes</a>, <a href="/journal?only=unmodelled" class="${unmodelled > 0 ? "bad" : ""}">${unmodelled} not modelled</a>`;
}

export function overviewPage(infrastructure: Infrastructure): Page {
  const { world, results, journal } = infrastructure;
  const { active } = infrastructure.faults;
  const faults = active.length === 0 ? "none" : active.map((fault) => html`<code>${JSON.stringify(fault)}</code> `);
  const posted = world.bodhi.comments.filter(({ origin }) => origin === "client");
  const releases = world.bodhi.releases.map((release) => [
    release.name,
    release.longName,
    release.state,
    world.bodhi.updates.filter((update) => update.release === release).length,
    html`<a href="${path("repositories", release.branch)}">${release.branch}</a>`,
  ]);
  const body = html`
${facts([
  [
    "Builds, tags, packages",
    html`<a href="/builds">${world.builds.length} builds</a>, <a href="/tags">${world.tags.length} tags</a>, ${world.packages.length} packages`,
  ],
  ["Updates", html`<a href="/updates">${world.bodhi.updates.length}</a>`],
  [
    "Posted since the load",
    html`<a href="/results">${results.count()} results</a>, ${posted.length} comments, ${world.bodhi.mail.length} mails`,
  ],
  ["Requests", shownRequests(journal)],
  ["Faults in effect", faults],
])}
<h2>Releases</h2>
${table(["Release", "Name", "State", "#Updates", "Repository"], releases, "No situation is loaded.")}
<h2>Last comments posted</h2>
${table(
  ["Update", "By", "Text"],
  posted
    .slice(-10)
    .reverse()
    .map(({ update, author, text }) => [updateLink(update.alias), author, html`<pre>${text}</pre>`]),
  "None.",
)}
<h2>Last results</h2>
${table(RESULT_COLUMNS, results.results({ data: [] }, 0, 10).map(resultCells), "None.")}`;
  return { title: "Overview", body };
}
