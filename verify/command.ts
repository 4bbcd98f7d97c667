/** The command line of `npm run verify`. */
import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { ScenarioError } from "../scenarios/format/problem";
import { CannotRun } from "./errors";
import { readOutputs } from "./outputs";
import { Progress, shownPath } from "./progress";
import { type Report, verdictOf } from "./report";
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

/** Where the lines for people go, each without its end. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
}

const FOLDER = resolve(__dirname, "..", "scenarios");

/**
 * Runs use cases against a deployed environment.
 * @param args without the program's name
 * @param interruption ends the verification early; what was verified until then is reported
 * @returns the exit code: 0 if AutoQA behaved, 1 if a use case failed, 2 if the verification could not run, or not to its end
 */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal,
  interruption?: AbortSignal,
): Promise<number> {
  try {
    return await run(parse(args, terminal), terminal, interruption);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const forUsers = error instanceof CannotRun || error instanceof ScenarioError;
    terminal.err(forUsers ? `verify: ${error.message}` : String((error as Error).stack ?? error));
    return 2;
  }
}

function parse(args: readonly string[], { out, err }: Terminal): Options {
  const collect = (name: string, names: string[]) => [...names, name];
  return new Command("npm run verify --")
    .description("Runs use cases against a deployed environment and says whether AutoQA posted what they call for.")
    .option(
      "--scenario <name>",
      "run this use case only (a folder of scenarios/, or the path of a .yaml file or its folder); may be repeated",
      collect,
      [],
    )
    .option("--report <directory>", "where to write index.html, junit.xml and report.json (default: reports/stage<N>)")
    .option("--outputs <file>", "the outputs of the environment, as npm run infra -- --outputs writes them")
    .option("--stack <name>", "else the stack whose outputs to ask for", "staging")
    .option("--timeout <seconds>", "how long AutoQA may take to settle, each time", seconds, 300)
    .configureOutput({ writeOut: (text) => out(text.trimEnd()), writeErr: (text) => err(text.trimEnd()) })
    .showHelpAfterError()
    .exitOverride()
    .parse(args, { from: "user" })
    .opts<Options>();
}

async function run(
  { scenario, outputs: file, stack, timeout, report: given }: Options,
  terminal: Terminal,
  interruption: AbortSignal | undefined,
): Promise<number> {
  const progress = new Progress(terminal.out);
  const files = await scenarioFiles(FOLDER, scenario);
  const outputs = await readOutputs({ file, stack });
  if (outputs.stage !== "3" && scenario.length > 0) {
    throw new CannotRun(`stage ${outputs.stage} reads production, so it runs no scenario: leave out --scenario`);
  }
  const folder = given ?? join("reports", `stage${outputs.stage}`);
  // Before anything is run, for that may take long.
  await writing(folder, async () => {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  });
  const report = await verify({ outputs, scenarioFiles: files, timeoutSeconds: timeout, progress, interruption });
  await writing(folder, () => writeReports(report, folder));
  const { seconds, brokenOff } = report.run;
  terminal.out(`${verdictOf(report)} in ${seconds.toFixed(1)} s; report: ${shownPath(join(folder, "index.html"))}`);
  if (brokenOff !== undefined) throw new CannotRun(brokenOff);
  return report.status === "passed" ? 0 : 1;
}

async function writeReports(report: Report, folder: string): Promise<void> {
  await writeFile(join(folder, "report.json"), jsonReport(report));
  await writeFile(join(folder, "junit.xml"), junitReport(report));
  await writeFile(join(folder, "index.html"), htmlReport(report));
}

async function writing(folder: string, work: () => Promise<void>): Promise<void> {
  await work().catch((error: Error) => {
    const where = JSON.stringify(folder);
    throw new CannotRun(`the report can't be written to ${where}: ${error.message}; name another folder with --report`);
  });
}

function seconds(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("It must be a whole number of seconds, at least 1.");
}
