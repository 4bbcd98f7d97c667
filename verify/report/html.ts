/** The report as one self-contained page: what was expected beside what came, the differing fields marked. */
import { callText } from "../describe";
import {
  type CheckReport,
  entriesOf,
  type Report,
  type ScenarioReport,
  type Status,
  type StepReport,
  verdictOf,
} from "../report";
import { escaped, linked } from "./markup";
import { postsTable } from "./posts-table";
import { style } from "./style";

const WORDS: Record<Status, string> = { passed: "passed", failed: "failed", error: "could not be carried through" };

export function htmlReport(report: Report): string {
  const { scenarios, checks = [], run, status, autoqa, stage } = report;
  const verdict = verdictOf(report);
  const summary = verdict.charAt(0).toUpperCase() + verdict.slice(1);
  const facts = [
    ["Stage", stage],
    ["AutoQA", [autoqa.repository, autoqa.ref, autoqa.commit].filter(Boolean).join(" ")],
    ["Generation", run.generation],
    ["Begun", run.startedAt],
    ["Took", seconds(run.seconds)],
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
${problem(run.brokenOff)}
</header>
<main>
${checks.map(checkSection).join("\n")}
${scenarios.length === 0 ? "" : contents(report)}
${scenarios.map((scenario) => scenarioSection(scenario, report)).join("\n")}
</main>
</body>
</html>
`;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

/** Seconds from loading to the last comparison. */
function duration(name: string, { run }: Report): number {
  const times = run.scenarios[name];
  return times === undefined ? 0 : times.loadSeconds + times.stepSeconds.reduce((sum, each) => sum + each, 0);
}

function contents(report: Report): string {
  const items = report.scenarios.map(({ name, status, steps }) => {
    const good = steps.filter((step) => step.status === "passed").length;
    const done = `${good} of ${steps.length} step${steps.length === 1 ? "" : "s"} as expected`;
    const cells = [badge(status), `<a href="#${name}">${escaped(name)}</a>`, done, seconds(duration(name, report))];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<nav aria-label="Use cases"><table>\n${items.join("\n")}\n</table></nav>`;
}

function checkSection({ name, status, problems }: CheckReport): string {
  return `<section><h3>${badge(status)} ${escaped(name)}</h3>\n${problems.map(problem).join("\n")}</section>`;
}

function badge(status: Status): string {
  return `<span class="badge ${status}">${status}</span>`;
}

function scenarioSection(scenario: ScenarioReport, report: Report): string {
  const times = report.run.scenarios[scenario.name];
  const calls = times === undefined ? "" : `${times.calls} calls to the infrastructure, `;
  return `<section id="${scenario.name}">
<h2>${escaped(scenario.name)} ${badge(scenario.status)}</h2>
<p>${escaped(scenario.description)}</p>
${problem(scenario.error)}
${scenario.steps.map((step, index) => stepSection(step, index + 1, report)).join("\n")}
${scenario.unmodelled.map((call) => problem(`Call that the mock does not model: ${callText(call)}`)).join("\n")}
<p class="note">${calls}${seconds(duration(scenario.name, report))}; ${WORDS[scenario.status]}.</p>
</section>`;
}

function problem(text: string | undefined): string {
  return text === undefined ? "" : `<p class="problem">${escaped(text)}</p>`;
}

/** A step, folded up if there is nothing wrong with it. */
function stepSection(step: StepReport, number: number, { run }: Report): string {
  const actions = step.actions.map((action) => `<li>${actionText(action)}</li>`).join("");
  const nothing = step.error === undefined && entriesOf(step).length === 0;
  const logs = step.logs.map(
    ({ ref_url, message }) => `<p class="problem">${escaped(message)}: ${linked(ref_url, run.autoqaUrl)}</p>`,
  );
  return `<details class="step"${step.status === "passed" ? "" : " open"}>
<summary><h3>${number}. ${escaped(step.name)}</h3> ${badge(step.status)}</summary>
${actions === "" ? "" : `<ul class="actions">${actions}</ul>`}
${problem(step.error)}
${nothing ? '<p class="note">Nothing is expected, and nothing was posted.</p>' : ""}
${logs.join("\n")}
${postsTable("Results", step.results, run.autoqaUrl)}
${postsTable("Comments", step.comments, run.autoqaUrl)}
${postsTable("Mail", step.mail ?? [], run.autoqaUrl)}
</details>`;
}

function actionText({ action, ...rest }: StepReport["actions"][number]): string {
  const details = Object.entries(rest).map(([name, value]) => {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    return ` <span>${escaped(name)}</span> ${escaped(shown)}`;
  });
  return `<strong>${escaped(action)}</strong>${details.join("")}`;
}
