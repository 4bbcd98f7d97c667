/** The report as one self-contained page: what was expected beside what came, the differing fields marked. */
import type { Entry } from "../compare";
import { callText } from "../describe";
import { reachableUrl } from "../logs";
import {
  type CheckReport,
  entriesOf,
  type Report,
  type ScenarioReport,
  type Status,
  type StepReport,
  verdictOf,
} from "../report";
import { style } from "./style";

const WORDS: Record<Status, string> = { passed: "passed", failed: "failed", error: "could not be carried through" };
const KINDS = {
  match: "as expected",
  different: "different",
  missing: "missing",
  extra: "not expected",
  duplicate: "posted twice",
} as const;

export function htmlReport(report: Report): string {
  const { scenarios, checks = [], run, status, autoqa, stage } = report;
  const verdict = verdictOf(report);
  const summary = verdict.charAt(0).toUpperCase() + verdict.slice(1);
  const facts = [
    ["Stage", stage],
    ["AutoQA", [autoqa.repository, autoqa.ref, autoqa.commit].filter(Boolean).join(" ")],
    ["Generation", run.generation],
    ["Begun", run.startedAt],
    ["Took", `${run.seconds.toFixed(1)} s`],
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(summary)}</title>
<style>${style}</style>
</head>
<body>
<header class="${status}">
<h1>${escaped(summary)}</h1>
<dl>${facts.map(([term, value]) => `<div><dt>${term}</dt><dd>${escaped(value ?? "")}</dd></div>`).join("")}</dl>
</header>
<main>
${checks.map(checkSection).join("\n")}
${scenarios.length === 0 ? "" : contents(scenarios)}
${scenarios.map((scenario) => scenarioSection(scenario, report)).join("\n")}
</main>
</body>
</html>
`;
}

function contents(scenarios: readonly ScenarioReport[]): string {
  const items = scenarios.map(
    ({ name, status }) => `<li>${badge(status)} <a href="#${name}">${escaped(name)}</a></li>`,
  );
  return `<nav aria-label="Use cases"><ul>\n${items.join("\n")}\n</ul></nav>`;
}

function checkSection({ name, status, problems }: CheckReport): string {
  return `<section><h3>${badge(status)} ${escaped(name)}</h3>\n${problems.map(problem).join("\n")}</section>`;
}

function badge(status: Status): string {
  return `<span class="badge ${status}">${status}</span>`;
}

function scenarioSection(scenario: ScenarioReport, report: Report): string {
  const times = report.run.scenarios[scenario.name];
  const seconds = times === undefined ? 0 : times.loadSeconds + times.stepSeconds.reduce((sum, each) => sum + each, 0);
  const calls = times === undefined ? "" : `${times.calls} calls to the infrastructure, `;
  return `<section id="${scenario.name}">
<h2>${escaped(scenario.name)} ${badge(scenario.status)}</h2>
<p>${escaped(scenario.description)}</p>
${problem(scenario.error)}
${scenario.steps.map((step, index) => stepSection(step, index + 1, report)).join("\n")}
${scenario.unmodelled.map((call) => problem(`Call that the mock does not model: ${callText(call)}`)).join("\n")}
<p class="note">${calls}${seconds.toFixed(1)} s; ${WORDS[scenario.status]}.</p>
</section>`;
}

function problem(text: string | undefined): string {
  return text === undefined ? "" : `<p class="problem">${escaped(text)}</p>`;
}

/** A step, folded up if there is nothing wrong with it. */
function stepSection(step: StepReport, number: number, { run }: Report): string {
  const actions = step.actions.map((action) => `<li><code>${escaped(actionText(action))}</code></li>`).join("");
  const nothing = step.error === undefined && entriesOf(step).length === 0;
  return `<details${step.status === "passed" ? "" : " open"}>
<summary><h3>${number}. ${escaped(step.name)}</h3> ${badge(step.status)}</summary>
${actions === "" ? "" : `<ul class="actions">${actions}</ul>`}
${problem(step.error)}
${nothing ? '<p class="note">Nothing is expected, and nothing was posted.</p>' : ""}
${table("Results", step.results, run.autoqaUrl)}
${table("Comments", step.comments, run.autoqaUrl)}
${table("Mail", step.mail ?? [], run.autoqaUrl)}
${step.logs.map(({ ref_url, message }) => problem(`${message}: ${ref_url}`)).join("\n")}
</details>`;
}

function actionText({ action, ...rest }: StepReport["actions"][number]): string {
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [action, ...details].join("  ");
}

function table(title: string, entries: readonly Entry<object, object>[], autoqaUrl: string): string {
  if (entries.length === 0) return "";
  const rows = entries.map(({ kind, expected, got, fields = [] }) => {
    const side = (record: object | undefined) =>
      `<td>${record === undefined ? "—" : recordList(record, fields, autoqaUrl)}</td>`;
    const sides =
      kind === "match" ? `<td colspan="2">${inline(got ?? {}, autoqaUrl)}</td>` : `${side(expected)}${side(got)}`;
    return `<tr class="${kind}"><th scope="row">${KINDS[kind]}</th>${sides}</tr>`;
  });
  return `<table><caption>${title}</caption>
<thead><tr><th scope="col"></th><th scope="col">expected</th><th scope="col">got</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}

/** The values of a record in a line, their names at hand. */
function inline(record: object, autoqaUrl: string): string {
  const values = Object.entries(record).map(([name, value]) => {
    const label = typeof value === "string" ? "" : `${name} `;
    return `<span title="${escaped(name)}">${linked(`${label}${value}`, autoqaUrl)}</span>`;
  });
  return `<div class="inline">${values.join(" ")}</div>`;
}

function recordList(record: object, marked: readonly string[], autoqaUrl: string): string {
  const fields = Object.entries(record).map(([name, value]) => {
    const shown = marked.includes(name)
      ? `<mark>${linked(String(value), autoqaUrl)}</mark>`
      : linked(String(value), autoqaUrl);
    return `<div><dt>${escaped(name)}</dt><dd>${shown}</dd></div>`;
  });
  return `<dl>${fields.join("")}</dl>`;
}

/** Text in which AutoQA's log URLs lead to where they are reachable from here. */
function linked(text: string, autoqaUrl: string): string {
  return text
    .split(/(http:\/\/autoqa:8080\/[\w./%-]*)/)
    .map((part, index) => {
      return index % 2 === 0
        ? escaped(part)
        : `<a href="${escaped(reachableUrl(part, autoqaUrl))}">${escaped(part)}</a>`;
    })
    .join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
