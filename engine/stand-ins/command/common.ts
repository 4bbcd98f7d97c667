/** What local and remote commands have in common (semantics of pulumi-command v1.2.1). */
import { randomBytes } from "node:crypto";
import { diffInputs } from "../../deploy/decide";
import { type DiffKind, type DiffResult, ProviderError } from "../../plugins/provider";
import { isMap, type PropertyMap, type PropertyValue } from "../../values/property";

/** What a command printed, each with one newline at its end cut off. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Takes what a command prints as it comes: for the output, for the error message, for the user to watch. */
export class OutputCollector {
  private readonly parts = { stdout: "", stderr: "" };
  private readonly partial = { stdout: "", stderr: "" };
  private both = "";

  constructor(
    private readonly logging: string,
    private readonly status: (line: string) => void,
  ) {}

  take(stream: "stdout" | "stderr", chunk: string): void {
    this.parts[stream] += chunk;
    this.both += chunk;
    if (!this.isLogged(stream)) return;
    const lines = (this.partial[stream] + chunk).split("\n");
    this.partial[stream] = lines.pop() ?? "";
    for (const line of lines) this.status(line);
  }

  /** The output of a command that succeeded. */
  end(): CommandOutput {
    for (const stream of ["stdout", "stderr"] as const) if (this.partial[stream]) this.status(this.partial[stream]);
    return { stdout: this.parts.stdout.replace(/\n$/, ""), stderr: this.parts.stderr.replace(/\n$/, "") };
  }

  /** The error of a command that failed. */
  failure(why: string, command: string): ProviderError {
    return new ProviderError(`${why}: running ${JSON.stringify(command)}:\n${this.both}`);
  }

  private isLogged(stream: "stdout" | "stderr"): boolean {
    return this.logging === "" || this.logging === stream || this.logging === "stdoutAndStderr";
  }
}

/** `name` and 8 hexadecimal digits. */
export const commandId = (name: string): string => name + randomBytes(4).toString("hex");

/** Every changed input is an update, a changed trigger a replacement. */
export function diffCommand(olds: PropertyMap, news: PropertyMap): DiffResult {
  const diff = diffInputs(olds, news);
  const detailed = Object.entries(diff.detailed ?? {}).map(([path, property]) => {
    const replaces = path === "triggers" || path.startsWith("triggers[") || path.startsWith("triggers.");
    return [path, replaces ? { ...property, kind: `${property.kind}-replace` as DiffKind } : property] as const;
  });
  return {
    ...diff,
    replaceKeys: diff.changedKeys.includes("triggers") ? ["triggers"] : [],
    detailed: diff.detailed && Object.fromEntries(detailed),
  };
}

export const textOf = (value: PropertyValue | undefined): string => (typeof value === "string" ? value : "");

/** The environment that a command asks for, and what its last run printed, unless that is switched off. */
export function environmentOf(inputs: PropertyMap): Record<string, string> {
  const environment = inputs.environment;
  return isMap(environment)
    ? Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)]))
    : {};
}

export function previousOutput(inputs: PropertyMap, previous: PropertyMap): Record<string, string> {
  if (inputs.addPreviousOutputInEnv === false) return {};
  const { stdout, stderr } = previous;
  return {
    ...(stdout && { PULUMI_COMMAND_STDOUT: textOf(stdout) }),
    ...(stderr && { PULUMI_COMMAND_STDERR: textOf(stderr) }),
  };
}
