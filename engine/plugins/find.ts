/** Where a package's provider plugin is, in the order in which the official CLI looks. */
import { accessSync, constants, readdirSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { UserError } from "../errors";
import type { Project } from "../project/project";

export type PluginPlace =
  | { readonly kind: "running"; readonly port: number }
  | { readonly kind: "executable"; readonly file: string };

/**
 * A plugin that is running already (PULUMI_DEBUG_PROVIDERS), one that the project brings (`plugins.providers` of
 * Pulumi.yaml), one on PATH, or one in PULUMI_HOME/plugins. Undefined when there is none.
 */
export function findPlugin(
  name: string,
  version: string | undefined,
  project: Project,
  environment: NodeJS.ProcessEnv,
): PluginPlace | undefined {
  const running = /(?:^|,)([^:,]+):(\d+)(?=,|$)/g;
  for (const [, candidate, port] of (environment.PULUMI_DEBUG_PROVIDERS ?? "").matchAll(running)) {
    if (candidate === name) return { kind: "running", port: Number(port) };
  }
  const program = `pulumi-resource-${name}`;
  const own = project.plugins.find((plugin) => plugin.name === name);
  if (own) return { kind: "executable", file: executableIn(own.directory, program) };
  const onPath = (environment.PATH ?? "")
    .split(path.delimiter)
    .map((directory) => path.join(directory, program))
    .find(isExecutable);
  const file = onPath ?? installed(name, program, version, environment);
  return file === undefined ? undefined : { kind: "executable", file };
}

function executableIn(directory: string, program: string): string {
  const file = path.join(directory, program);
  if (isExecutable(file)) return file;
  const found = statSync(file, { throwIfNoEntry: false }) ? "it is not executable" : "there is no such file";
  throw new UserError(
    `the provider plugin ${file}, named by plugins.providers in Pulumi.yaml, cannot be run: ${found}. Has the project been set up?`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** PULUMI_HOME/plugins/resource-NAME-vVERSION/pulumi-resource-NAME: the version asked for, else the newest. */
function installed(
  name: string,
  program: string,
  version: string | undefined,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const home = environment.PULUMI_HOME || path.join(environment.HOME ?? os.homedir(), ".pulumi");
  const plugins = path.join(home, "plugins");
  const prefix = `resource-${name}-v`;
  let names: string[];
  try {
    names = readdirSync(plugins).filter((entry) => entry.startsWith(prefix));
  } catch {
    return undefined;
  }
  const newestFirst = names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  const wanted = version === undefined ? newestFirst : newestFirst.filter((entry) => entry === prefix + version);
  return wanted.map((entry) => path.join(plugins, entry, program)).find(isExecutable);
}
