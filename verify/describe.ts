/** What went wrong in words, for the terminal and JUnit. */
import type { Entry } from "./compare";
import type { CommentRecord, MailRecord, ResultRecord } from "./posts";
import type { ScenarioReport, StepReport, UnmodelledCall } from "./report";

const HEADLINES = {
  match: "as expected",
  different: "posted differently",
  missing: "not posted",
  extra: "posted though not expected",
  duplicate: "posted twice",
} as const;

function resultLine({ testcase, outcome, item, arch }: ResultRecord): string {
  return `result ${testcase} ${outcome} for ${item} on ${arch}`;
}

function commentLine({ update, text }: CommentRecord): string {
  return `comment on ${update}: ${text}`;
}

function mailLine({ to, subject }: MailRecord): string {
  return `mail to ${to}: ${subject}`;
}

/** An entry that isn't as expected: a headline and, of a different post, expected and got of each field. */
function entryLines<Expected extends object, Got extends Expected>(
  { kind, expected, got, fields = [] }: Entry<Expected, Got>,
  line: (record: Expected) => string,
): string[] {
  if (kind === "match") return [];
  const record = expected ?? got;
  const head = `${HEADLINES[kind]}: ${record === undefined ? "" : line(record)}`;
  const value = (from: object | undefined, field: string) =>
    String((from as Record<string, unknown> | undefined)?.[field]);
  return [
    head,
    ...fields.flatMap((field) => [
      `  ${field}: expected ${value(expected, field)}`,
      `  ${" ".repeat(field.length)}  got      ${value(got, field)}`,
    ]),
  ];
}

/** Everything that is wrong with a step, a line each, indented what belongs to the line before. */
export function stepProblems(step: StepReport): string[] {
  return [
    ...(step.error === undefined ? [] : [step.error]),
    ...step.results.flatMap((entry) => entryLines(entry, resultLine)),
    ...step.comments.flatMap((entry) => entryLines(entry, commentLine)),
    ...(step.mail ?? []).flatMap((entry) => entryLines(entry, mailLine)),
    ...step.logs.map(({ ref_url, message }) => `${message}: ${ref_url}`),
  ];
}

/** A call as its caller wrote it. */
export function callText({ service, method, arguments: args, status }: UnmodelledCall): string {
  return `${service}: ${method} ${JSON.stringify(args)} (answered ${status})`;
}

/** What is wrong outside of the steps. */
export function scenarioProblems(scenario: ScenarioReport): string[] {
  return [
    ...(scenario.error === undefined ? [] : [scenario.error]),
    ...scenario.unmodelled.map((call) => `call that the mock does not model: ${callText(call)}`),
  ];
}
