/** `npm run capture`: a situation of a production koji and bodhi becomes a scenario; only reads are sent there. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { ScenarioError } from "../scenarios/format/problem";
import { SituationError } from "../services/world/load";
import { parseTimeText, toIso } from "../services/world/time";
import { BodhiServer } from "./bodhi-source";
import { capture } from "./capture";
import { fetchRpms } from "./fetch";
import { CaptureError, KojiHub } from "./koji-source";
import { emptyRecording, type Recording, recordBodhi, recordKoji } from "./recording";
import { type Difference, replay } from "./replay";
import { scenarioYaml } from "./scenario";

export interface Output {
  out(text: string): void;
  err(text: string): void;
}

const SCENARIO = "scenario.yaml";
const RECORDING = "recording.json";
/** Of all differences; the rest is counted. */
const SHOWN = 50;

interface CaptureOptions {
  koji: string;
  bodhi?: string;
  kojiFiles?: string;
  tag: string[];
  update: string[];
  allPackages: boolean;
  fetchRpms: boolean;
  clock?: string;
  name?: string;
  out: string;
}

function url(text: string): string {
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError("must be an http or https URL");
  return text.replace(/\/$/, "");
}

function instant(text: string): string {
  const at = parseTimeText(text);
  if (at === undefined) throw new InvalidArgumentError("must be a time, e.g. 2026-03-01T12:00:00Z");
  return toIso(at);
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

/** Where koji keeps its files beside its hub, as koji itself has it unless configured otherwise. */
function filesOf(options: CaptureOptions): string {
  return options.kojiFiles ?? options.koji.replace(/\/kojihub$/, "/kojifiles");
}

function nameOf(options: CaptureOptions): string {
  const given = options.name ?? basename(resolve(options.out));
  return (
    given
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "captured"
  );
}

/** @throws CaptureError where the scenario would take the place of anything */
async function refuseToOverwrite(directory: string): Promise<void> {
  const found = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new CaptureError(`--out ${directory} cannot be used: ${error.message}`);
  });
  if (found.length > 0) throw new CaptureError(`--out ${directory} is not empty; name a new directory, or remove it`);
}

async function readFrom(directory: string, file: string): Promise<string> {
  return readFile(join(directory, file), "utf8").catch((error: Error) => {
    throw new CaptureError(`${directory} is no captured scenario: ${error.message}`);
  });
}

async function runCapture(options: CaptureOptions, { out, err }: Output): Promise<void> {
  if (options.tag.length === 0 && options.update.length === 0)
    throw new CaptureError("say what to capture: --tag or --update");
  await refuseToOverwrite(options.out);
  const clock = options.clock ?? new Date().toISOString();
  const recording = emptyRecording(clock);
  const koji = recordKoji(new KojiHub(options.koji), recording);
  const bodhi = options.bodhi === undefined ? undefined : recordBodhi(new BodhiServer(options.bodhi), recording);
  const request = { tags: options.tag, updates: options.update, allPackages: options.allPackages };
  const captured = await capture(koji, bodhi, request, err);
  const what = [...options.tag, ...options.update].join(", ");
  const description = `Captured from ${options.koji}: ${what}.`;
  const text = scenarioYaml(captured, { name: nameOf(options), description, clock, files: filesOf(options) });
  await mkdir(options.out, { recursive: true });
  const file = join(options.out, SCENARIO);
  await writeFile(join(options.out, RECORDING), `${JSON.stringify(recording)}\n`);
  await writeFile(file, text);
  const { tags, builds, updates, releases } = captured;
  const rpms = builds.reduce((sum, build) => sum + build.rpms.length, 0);
  out(
    `${file}: ${releases.length} releases, ${tags.length} tags, ${builds.length} builds, ${rpms} RPMs, ${updates.length} updates`,
  );
  if (options.fetchRpms) out(`${await fetchRpms(file, [], err)} RPM files fetched`);
}

function described({ question, path, recorded, replayed }: Difference): string {
  const short = (value: unknown): string => {
    const text = JSON.stringify(value) ?? "nothing";
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  };
  return `${question}${path === "" ? "" : `, ${path}`}\n  recorded: ${short(recorded)}\n  replayed: ${short(replayed)}`;
}

/** @returns whether all answers are the same */
async function runReplay(directory: string, { out }: Output): Promise<boolean> {
  const recording = JSON.parse(await readFrom(directory, RECORDING)) as Recording;
  const { questions, differences } = await replay(join(directory, SCENARIO), recording);
  for (const difference of differences.slice(0, SHOWN)) out(described(difference));
  if (differences.length > SHOWN) out(`… and ${differences.length - SHOWN} more`);
  out(
    `${questions} questions asked again: ${differences.length === 0 ? "the same answers" : `${differences.length} differences`}`,
  );
  return differences.length === 0;
}

/** @returns the exit status: 0, 1 where a replay differs, 2 for what the caller can put right */
export async function runCommand(args: readonly string[], output: Output): Promise<number> {
  let status = 0;
  const program = new Command("capture").exitOverride().configureOutput({ writeOut: output.out, writeErr: output.err });
  program
    .command("record", { isDefault: true })
    .description("read tags and updates of a production koji and bodhi, and write them as a scenario")
    .requiredOption("--koji <url>", "address of the hub, e.g. https://koji.fedoraproject.org/kojihub", url)
    .option("--bodhi <url>", "address of bodhi, e.g. https://bodhi.fedoraproject.org", url)
    .option("--koji-files <url>", "address of koji's files (default: beside the hub)", url)
    .option("--tag <name>", "tag to capture, with all that it inherits from; repeatable", collect, [])
    .option("--update <alias>", "update to capture; repeatable", collect, [])
    .option("--all-packages", "every package of these tags' lineage, not only those in the tags and updates", false)
    .option("--fetch-rpms", "also fetch the RPM files", false)
    .option("--clock <time>", "the scenario's clock (default: now)", instant)
    .option("--name <name>", "the scenario's name (default: the directory's)")
    .requiredOption("--out <directory>", `where ${SCENARIO} and ${RECORDING} are written`)
    .action((options: CaptureOptions) => runCapture(options, output));
  program
    .command("fetch <directory> [build...]")
    .description("fetch the RPM files of a captured scenario: of all of its builds, or of these")
    .action(async (directory: string, builds: string[]) => {
      await readFrom(directory, SCENARIO);
      output.out(`${await fetchRpms(join(directory, SCENARIO), builds, output.err)} RPM files fetched`);
    });
  program
    .command("replay <directory>")
    .description(
      "ask the mock services, loaded with a captured scenario, what production was asked; 0 if they answer the same",
    )
    .action(async (directory: string) => {
      if (!(await runReplay(directory, output))) status = 1;
    });
  try {
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const expected = error instanceof CaptureError || error instanceof ScenarioError || error instanceof SituationError;
    if (!expected && (error as NodeJS.ErrnoException).code === undefined) throw error;
    output.err((error as Error).message);
    return 2;
  }
}
