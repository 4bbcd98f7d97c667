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

interface Words<Record> {
  /** What the record is about. */
  label(record: Record): string;
  /** What else is worth a line if there is nothing to compare it with. */
  content(record: Record): string;
}

const RESULT: Words<ResultRecord> = {
  label: ({ testcase, item, arch }) => `result of ${testcase} for ${item} on ${arch}`,
  content: ({ outcome }) => outcome,
};
const COMMENT: Words<CommentRecord> = { label: ({ update }) => `comment on ${update}`, content: ({ text }) => text };
const MAIL: Words<MailRecord> = { label: ({ to }) => `mail to ${to}`, content: ({ subject }) => subject };

/** An entry that isn't as expected: a headline and, of a different post, expected and got of each field. */
function entryLines<Expected extends object, Got extends Expected>(
  { kind, expected, got, fields = [] }: Entry<Expected, Got>,
  { label, content }: Words<Expected>,
): string[] {
  const record = expected ?? got;
  if (kind === "match" || record === undefined) return [];
  const head = `${HEADLINES[kind]}: ${label(record)}`;
  if (kind !== "different") return [`${head}: ${content(record)}`];
  const value = (from: object | undefined, field: string) =>
    String((from as Record<string, unknown> | undefined)?.[field]);
  const sides = fields.flatMap((field) => [
    `  ${field}: expected ${value(expected, field)}`,
    `  ${" ".repeat(field.length)}  got      ${value(got, field)}`,
  ]);
  return [head, ...sides];
}

/** Everything that is wrong with a step, a line each, indented what belongs to the line before. */
export function stepProblems(step: StepReport): string[] {
  return [
    ...(step.error === undefined ? [] : [step.error]),
    ...step.results.flatMap((entry) => entryLines(entry, RESULT)),
    ...step.comments.flatMap((entry) => entryLines(entry, COMMENT)),
    ...(step.mail ?? []).flatMap((entry) => entryLines(entry, MAIL)),
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
