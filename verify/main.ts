/** `npm run verify`: exit code 0 if AutoQA behaved, 1 if a use case failed, 2 if the verification could not run. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { ScenarioError } from "../scenarios/format/problem";
import { CannotRun } from "./errors";
import { readOutputs } from "./outputs";
import { Progress } from "./progress";
import type { Report } from "./report";
import { htmlReport } from "./report/html";
import { jsonReport } from "./report/json";
import { junitReport } from "./report/junit";
import { scenarioFiles } from "./scenarios";
import { verify } from "./verify";

interface Options {
  scenario: string[];
  report?: string;
  outputs?: string;
  stack: string;
  timeout: number;
}

const FOLDER = resolve(__dirname, "..", "scenarios");

async function main(options: Options): Promise<number> {
  const progress = new Progress((line) => console.log(line));
  const files = await scenarioFiles(FOLDER, options.scenario);
  const outputs = await readOutputs({ file: options.outputs, stack: options.stack });
  const report = await verify({ outputs, scenarioFiles: files, timeoutSeconds: options.timeout, progress });
  const folder = options.report ?? join("reports", `stage${report.stage}`);
  await writeReports(report, folder);
  const failed = report.scenarios.filter(({ status }) => status !== "passed").length;
  const verdict =
    failed === 0
      ? `all ${report.scenarios.length} use cases passed`
      : `${failed} of ${report.scenarios.length} use cases failed`;
  console.log(
    `${verdict} in ${report.run.seconds.toFixed(1)} s; report: ${join(relative(process.cwd(), resolve(folder)), "index.html")}`,
  );
  return report.status === "passed" ? 0 : 1;
}

async function writeReports(report: Report, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "report.json"), jsonReport(report));
    await writeFile(join(folder, "junit.xml"), junitReport(report));
    await writeFile(join(folder, "index.html"), htmlReport(report));
  } catch (error) {
    throw new CannotRun(
      `the report can't be written to ${folder}: ${(error as Error).message}; name another with --report`,
    );
  }
}

function seconds(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("It must be a whole number of seconds.");
}

const command = new Command("npm run verify --")
  .description("Runs use cases against a deployed environment and says whether AutoQA posted what they call for.")
  .option(
    "--scenario <name>",
    "run this use case only (a folder of scenarios/, or a .yaml file); may be repeated",
    (name, names: string[]) => [...names, name],
    [] as string[],
  )
  .option("--report <directory>", "where to write index.html, junit.xml and report.json (default: reports/stage<N>)")
  .option("--outputs <file>", "the outputs of the environment, as npm run infra -- --outputs writes them")
  .option("--stack <name>", "else the stack whose outputs to ask for", "staging")
  .option("--timeout <seconds>", "how long AutoQA may take to settle, each time", seconds, 300)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

main(command.parse().opts<Options>()).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const expected = error instanceof CannotRun || error instanceof ScenarioError;
    console.error(expected ? `verify: ${error.message}` : error);
    process.exitCode = 2;
  },
);
