/** The results page: readable without scripts. */
import { html, raw } from "hono/html";
import { describeEvent } from "../events/events";
import type { Posts } from "../reporters/posts";
import type { Rounds } from "../watchers/rounds";
import type { Job, Jobs } from "./jobs";
import { logPath } from "./logs";

const jobsShown = 500;

export function renderPage(jobs: Jobs, posts: Posts, rounds: Rounds): string {
  const rows = jobs.newest(jobsShown);
  return String(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>AutoQA</title>
<style>${raw(style)}</style></head>
<body>
<h1>AutoQA</h1>
<h2>Watchers</h2>
<table><tr><th>Watcher</th><th>Looks</th><th>Last look</th><th>Problem</th></tr>
${[...rounds.looks].map(([name, look]) => html`<tr><td>${name}</td><td>${look.completed}</td><td>${look.lastAt ?? ""}</td><td>${look.problem ?? ""}</td></tr>`)}
</table>
<h2>Jobs</h2>
<table><tr><th>Job</th><th>Test</th><th>Arch</th><th>About</th><th>State</th><th>Client</th><th>Log</th><th>Posts</th></tr>
${rows.map((job) => renderJob(job, posts))}
</table>
</body></html>
`);
}

function renderJob(job: Job, posts: Posts) {
  const state = job.outcome ?? job.state;
  const hasLog = job.state === "finished" && job.client !== null;
  const said = posts.ofJob(job.number).map((post) => `${post.destination}: ${post.state}`);
  return html`<tr class="${state}"><td>${job.number}</td><td>${job.test}</td><td>${job.arch}</td>
<td>${describeEvent(job.event)}</td><td>${state}</td><td>${job.client ?? ""}</td>
<td>${hasLog ? html`<a href="/${logPath(job.number, job.client ?? "", job.test)}">output.log</a>` : ""}</td>
<td>${said.join(", ")}</td></tr>`;
}

const style = `
body { font-family: sans-serif; margin: 2em; }
table { border-collapse: collapse; }
th, td { border: 1px solid #ccc; padding: 0.2em 0.6em; text-align: left; }
tr.FAILED, tr.CRASHED, tr.ABORTED { background: #fdd; }
tr.PASSED { background: #dfd; }
`;
