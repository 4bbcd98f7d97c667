/** The results page: everything a person watching AutoQA looks for, as plain HTML that needs no script. */
import { html, raw } from "hono/html";
import { describeEvent } from "../events/events";
import type { Posts } from "../reporters/posts";
import type { Rounds } from "../watchers/rounds";
import type { Client } from "./dispatcher";
import type { Job, Jobs } from "./jobs";
import { logPath } from "./logs";
import { pendingUpdates, type TestState, type UpdateOverview } from "./overview";
import { style } from "./style";

/** Newest jobs shown; older ones' logs stay at their URLs. */
const jobsShown = 500;

export interface PageSources {
  jobs: Jobs;
  posts: Posts;
  rounds: Rounds;
  clients: readonly Pick<Client, "name" | "labels">[];
  /** The tests that run here. */
  tests: readonly string[];
  isIdle: boolean;
  problems: readonly string[];
  hasLog(job: number): boolean;
}

export function renderPage({ jobs, posts, rounds, clients, tests, isIdle, problems, hasLog }: PageSources): string {
  const counts = Object.entries(jobs.counts()).map(([what, count]) => `${count} ${what}`);
  const updates = pendingUpdates(jobs.database, posts, tests);
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>AutoQA</title><style>${raw(style)}</style>
</head>
<body>
<header><h1>AutoQA</h1>
<p><strong>${isIdle ? "Idle" : "At work"}</strong>. Jobs: ${counts.length > 0 ? counts.join(", ") : "none yet"}.</p></header>
<main>
${renderProblems(problems)}
${renderWatchers(rounds)}
${renderClients(clients)}
<section><h2>Pending updates</h2>
${updates.length === 0 ? html`<p>No update waits for a push.</p>` : updates.map(renderUpdate)}</section>
${renderJobs(jobs.newest(jobsShown), posts, hasLog)}
</main>
</body></html>
`);
}

function renderProblems(problems: readonly string[]) {
  if (problems.length === 0) return "";
  return html`<section><h2>Problems</h2><ul>${problems.map((each) => html`<li class="bad">${each}</li>`)}</ul></section>`;
}

function renderWatchers(rounds: Rounds) {
  return html`<section><h2>Watchers</h2><table>
<thead><tr><th scope="col">Watcher</th><th scope="col">Looks</th><th scope="col">Last look</th><th scope="col">Problem</th></tr></thead>
<tbody>${[...rounds.looks].map(
    ([name, { completed, lastAt, problem }]) => html`<tr${problem === undefined ? "" : raw(' class="bad"')}>
<th scope="row">${name}</th><td>${completed}</td><td>${shortTime(lastAt)}</td><td class="wide">${problem ?? "none"}</td></tr>`,
  )}</tbody></table></section>`;
}

function renderClients(clients: PageSources["clients"]) {
  if (clients.length === 0)
    return html`<section><h2>Test clients</h2><p class="bad">None has asked for a job yet.</p></section>`;
  return html`<section><h2>Test clients</h2><ul>
${clients.map(({ name, labels }) => html`<li>${name}: ${labels.join(", ")}</li>`)}</ul></section>`;
}

function renderUpdate({ name, builds, tag, tests }: UpdateOverview) {
  return html`<table><caption>${name} <small>(${builds.join(", ")}) in ${tag}</small></caption>
<thead><tr><th scope="col">Expected test</th><th scope="col">Outcome</th><th scope="col">Job</th><th scope="col">Posted</th></tr></thead>
<tbody>${tests.map(renderTest)}</tbody></table>`;
}

function renderTest({ test, arch, outcome, job, posts }: TestState) {
  return html`<tr><th scope="row">${test} on ${arch}</th>${outcomeCell(outcome ?? "awaited")}
<td>${job === undefined ? "" : html`<a href="#job${job}">${job}</a>`}</td><td>${posts.join(", ")}</td></tr>`;
}

function renderJobs(rows: readonly Job[], posts: Posts, hasLog: PageSources["hasLog"]) {
  return html`<section><h2>Jobs</h2><table>
<thead><tr><th scope="col">Job</th><th scope="col">Test</th><th scope="col">About</th><th scope="col">Outcome</th>
<th scope="col">Client</th><th scope="col">Ended</th><th scope="col">Log</th><th scope="col">Results and posts</th></tr></thead>
<tbody>${rows.map((job) => renderJob(job, posts, hasLog(job.number)))}</tbody></table></section>`;
}

function renderJob(job: Job, posts: Posts, hasLog: boolean) {
  const state = job.outcome ?? (job.state === "finished" ? "nothing to judge" : job.state);
  const isLinked = hasLog && job.state === "finished" && job.client !== null;
  const said = posts.ofJob(job.number);
  return html`<tr id="job${job.number}"><th scope="row">${job.number}</th><td class="narrow">${job.test} on ${job.arch}</td>
<td class="wide">${describeEvent(job.event)}</td>${outcomeCell(state)}<td class="narrow">${job.client ?? ""}</td>
<td class="narrow">${shortTime(job.finished_at ?? undefined)}</td>
<td>${isLinked ? html`<a href="/${logPath(job.number, job.client ?? "", job.test)}">output.log</a>` : ""}</td>
<td class="wide"><ul>${job.results.map(
    ({ item, outcome, note }) =>
      html`<li>${item}: ${outcome} (${note})${said
        .filter(({ payload }) => payload.item === item)
        .map(
          ({ destination, state, remark }) =>
            html`<br><small>${destination}: ${state}${remark === "" ? "" : `: ${remark}`}</small>`,
        )}</li>`,
  )}</ul></td></tr>`;
}

function outcomeCell(outcome: string) {
  return html`<td class="outcome ${outcome.replaceAll(" ", "-")}">${outcome}</td>`;
}

function shortTime(iso: string | undefined): string {
  return iso === undefined ? "" : iso.slice(0, 19).replace("T", " ");
}
