/** The supervisor's command line: its own options, `--`, then the program to run. */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as z from "zod";

export interface CommandLine {
  host: string;
  port: number;
  secrets: Secrets;
  stateDirectory: string;
  logFile: string;
  clockFile: string | undefined;
  healthUrl: string | undefined;
  command: string;
  args: string[];
}

/** `environment`: what the program is told that must not stand on a command line, e.g. its bodhi password. */
const Secrets = z.looseObject({
  controlToken: z.string().min(1),
  environment: z.record(z.string(), z.string()).default({}),
});
type Secrets = z.infer<typeof Secrets>;

export class UsageError extends Error {}

const usage =
  "usage: supervisor --listen HOST:PORT --secrets-file FILE --state-directory DIRECTORY --log-file FILE " +
  "[--clock-file FILE] [--health-url URL] -- COMMAND [ARGUMENT]…";

/** @throws UsageError with what is wrong and the usage line */
export function parseCommandLine(argv: string[]): CommandLine {
  const separator = argv.indexOf("--");
  const [command, ...args] = separator < 0 ? [] : argv.slice(separator + 1);
  if (command === undefined) throw new UsageError(`No program to supervise after "--".\n${usage}`);
  const options = parseOptions(argv.slice(0, separator));
  const listen = /^(.+):(\d{1,5})$/.exec(required(options, "listen"));
  if (listen === null || Number(listen[2]) > 65535) throw new UsageError(`--listen must be HOST:PORT.\n${usage}`);
  return {
    host: listen[1] ?? "",
    port: Number(listen[2]),
    secrets: readSecrets(required(options, "secrets-file")),
    stateDirectory: required(options, "state-directory"),
    logFile: required(options, "log-file"),
    clockFile: options["clock-file"],
    healthUrl: options["health-url"],
    command,
    args,
  };
}

const string = { type: "string" } as const;
const optionTypes = {
  listen: string,
  "secrets-file": string,
  "state-directory": string,
  "log-file": string,
  "clock-file": string,
  "health-url": string,
};
type Options = Partial<Record<keyof typeof optionTypes, string>>;

function parseOptions(argv: string[]): Options {
  try {
    return parseArgs({ args: argv, options: optionTypes }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

function required(options: Options, name: keyof Options): string {
  const value = options[name];
  if (value === undefined) throw new UsageError(`--${name} is missing.\n${usage}`);
  return value;
}

function readSecrets(file: string): Secrets {
  if (!existsSync(file)) throw new UsageError(`The secrets file ${file} does not exist.`);
  try {
    return Secrets.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new UsageError(
      `The secrets file ${file} must be JSON with a non-empty "controlToken" and, if at all, an "environment" of strings.`,
    );
  }
}
