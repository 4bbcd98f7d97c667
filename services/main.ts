/**
 * The `infra` process: mock koji, mock bodhi and ResultsDB over one world, with one control API, or one of them alone.
 * Prints one line of JSON with the ports once all that was asked for listens.
 */
import { Command, InvalidArgumentError } from "commander";
import type { ServiceName } from "./http/types";
import { readSecrets, UsageError } from "./secrets";
import { type Options, startInfrastructure } from "./start";

function log(message: string): void {
  process.stderr.write(`${message}\n`);
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65535) {
    throw new InvalidArgumentError("must be a port number, or 0 for any free one");
  }
  return value;
}

function httpUrl(text: string): string {
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError("must be an http or https URL");
  return text.replace(/\/$/, "");
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, httpUrl(value)];
}

/** What every way of starting takes. */
interface CommonOptions {
  readonly host: string;
  readonly stateDirectory: string;
  readonly secretsFile: string;
  readonly situation?: string;
}

function withCommonOptions(command: Command): Command {
  return command
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .requiredOption("--state-directory <path>", "where results, RPM files and repositories are kept")
    .requiredOption("--secrets-file <path>", 'JSON: {"controlToken": "…", "accounts": {"name": "password"}}')
    .option("--situation <file>", "a situation's tar to load before serving, as the control API takes it");
}

async function run(common: CommonOptions, options: Pick<Options, "ports"> & Partial<Options>): Promise<void> {
  const { host, stateDirectory, secretsFile, situation } = common;
  const running = await startInfrastructure({
    ...{ host, stateDirectory, situation, secrets: readSecrets(secretsFile), log },
    ...options,
  });
  const started = Object.fromEntries(Object.entries(running.ports).filter(([, each]) => each !== 0));
  process.stdout.write(`${JSON.stringify(started)}\n`);
  const stop = (): void => {
    void running.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

interface AllOptions extends CommonOptions {
  readonly kojiPort?: number;
  readonly bodhiPort: number;
  readonly resultsdbPort: number;
  readonly controlPort: number;
  readonly supervisorUrl: readonly string[];
  readonly autoqaStatusUrl?: string;
  readonly bodhiReadThrough?: string;
}

interface AloneOptions extends CommonOptions {
  readonly port: number;
  readonly controlPort?: number;
  readonly readThrough?: string;
}

function addAlone(
  program: Command,
  service: Exclude<ServiceName, "control">,
  description: string,
  defaultPort: number,
): void {
  const command = withCommonOptions(program.command(service).description(description))
    .option("--port <port>", "0 for any free one", port, defaultPort)
    .option("--control-port <port>", "serve the control API too, 0 for any free port", port);
  if (service === "bodhi") {
    command.option("--read-through <url>", "a production bodhi to read; what is posted stays here", httpUrl);
  }
  command.action(async (options: AloneOptions) => {
    const control = options.controlPort === undefined ? {} : { control: options.controlPort };
    await run(options, { ports: { [service]: options.port, ...control }, bodhiReadThrough: options.readThrough });
  });
}

async function main(): Promise<void> {
  const program = new Command("infra").description(
    "Mock koji, bodhi and ResultsDB over one world, with one control API",
  );
  withCommonOptions(program.command("all", { isDefault: true }).description("all of them (the default)"))
    .option("--koji-port <port>", "0 for any free one; 7001, but none where bodhi reads through", port)
    .option("--bodhi-port <port>", "0 for any free one", port, 7002)
    .option("--resultsdb-port <port>", "0 for any free one", port, 7003)
    .option("--control-port <port>", "0 for any free one", port, 7004)
    .option("--supervisor-url <url>", "a supervisor of the system under test; repeatable", collect, [])
    .option("--autoqa-status-url <url>", "AutoQA's own status, for settling", httpUrl)
    .option("--bodhi-read-through <url>", "a production bodhi to read; what is posted stays here", httpUrl)
    .action(async (options: AllOptions) => {
      const { kojiPort, bodhiPort, resultsdbPort, controlPort, bodhiReadThrough } = options;
      const koji = kojiPort ?? (bodhiReadThrough === undefined ? 7001 : undefined);
      await run(options, {
        ports: {
          ...(koji === undefined ? {} : { koji }),
          bodhi: bodhiPort,
          resultsdb: resultsdbPort,
          control: controlPort,
        },
        supervisorUrls: options.supervisorUrl,
        autoqaStatusUrl: options.autoqaStatusUrl,
        bodhiReadThrough,
      });
    });
  addAlone(program, "koji", "mock koji alone: hub, files, repositories", 7001);
  addAlone(program, "bodhi", "mock bodhi alone, of a situation or reading production's", 7002);
  addAlone(program, "resultsdb", "ResultsDB alone", 7003);
  await program.parseAsync();
}

main().catch((error: NodeJS.ErrnoException) => {
  const taken = error.code === "EADDRINUSE" ? ": another process listens there; choose another port" : "";
  const expected =
    error instanceof UsageError ||
    error.code !== undefined ||
    error.name === "UploadError" ||
    error.name === "SituationError";
  log(`infra: ${expected ? `${error.message}${taken}` : error.stack}`);
  process.exit(1);
});
