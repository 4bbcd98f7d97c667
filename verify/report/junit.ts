/**
 * The report as JUnit XML, as CI systems read it (the de-facto schema of Jenkins: jenkinsci/xunit-plugin,
 * src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd): a suite per scenario, a test per step,
 * and one for what concerns the scenario as a whole.
 */
import { create } from "xmlbuilder2";
import { scenarioProblems, stepProblems } from "../describe";
import type { Report, ScenarioReport, Status } from "../report";

interface Test {
  name: string;
  status: Status;
  problems: string[];
  seconds: number;
}

export function junitReport(report: Report): string {
  const suites = report.scenarios.map((scenario) => ({ name: scenario.name, tests: testsOf(scenario, report) }));
  if (report.checks !== undefined) {
    const tests = report.checks.map((check) => ({ ...check, seconds: 0 }));
    suites.push({ name: `stage ${report.stage}`, tests });
  }
  const all = suites.flatMap(({ tests }) => tests);
  const root = create({ version: "1.0", encoding: "UTF-8" }).ele("testsuites", counts(all));
  for (const { name: suiteName, tests } of suites) {
    const suite = root.ele("testsuite", { name: suiteName, timestamp: report.run.startedAt, ...counts(tests) });
    const properties = suite.ele("properties");
    for (const [name, value] of Object.entries(report.autoqa)) {
      if (value) properties.ele("property", { name: `autoqa.${name}`, value: printable(value) });
    }
    for (const { name, status, problems, seconds } of tests) {
      const test = suite.ele("testcase", { classname: suiteName, name: printable(name), time: seconds.toFixed(3) });
      if (status === "passed") continue;
      const kind = status === "failed" ? "failure" : "error";
      test.ele(kind, { message: printable(problems[0] ?? status) }).txt(printable(problems.join("\n")));
    }
  }
  return `${root.end({ prettyPrint: true })}\n`;
}

function testsOf(scenario: ScenarioReport, { run }: Report): Test[] {
  const times = run.scenarios[scenario.name];
  const steps = scenario.steps.map((step, index): Test => {
    return {
      name: step.name,
      status: step.status,
      problems: stepProblems(step),
      seconds: times?.stepSeconds[index] ?? 0,
    };
  });
  const status = scenario.error !== undefined ? "error" : scenario.unmodelled.length > 0 ? "failed" : "passed";
  const whole: Test = {
    name: "the situation loads and AutoQA calls only what is modelled",
    status,
    problems: scenarioProblems(scenario),
    seconds: times?.loadSeconds ?? 0,
  };
  return [...steps, whole];
}

function counts(tests: readonly Test[]): Record<string, string> {
  return {
    tests: String(tests.length),
    failures: String(tests.filter(({ status }) => status === "failed").length),
    errors: String(tests.filter(({ status }) => status === "error").length),
    skipped: "0",
    time: tests.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  };
}

/** Text without the characters that XML 1.0 can't have, escaped or not. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get into the document.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd");
}
