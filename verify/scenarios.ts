/** Finds the scenario files that are to be run. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { suggest } from "../scenarios/format/problem";
import { CannotRun } from "./errors";

const FILE = "scenario.yaml";

/** The scenarios of a folder: its folders with a scenario.yaml, by name. */
async function scenariosIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name === FILE);
  return files.map((entry) => entry.parentPath.slice(folder.length + 1)).sort();
}

/**
 * The files of the scenarios asked for, all of the folder's if none is. A name is that of a folder in it; what ends in
 * .yaml is a file of the user's own, any other path a folder with such a file.
 * @throws {CannotRun} for a name that isn't known
 */
export async function scenarioFiles(folder: string, asked: readonly string[]): Promise<string[]> {
  const known = await scenariosIn(folder);
  const names = asked.length === 0 ? known : [...new Set(asked)];
  return names.map((name) => {
    if (name.endsWith(".yaml") || name.endsWith(".yml")) return name;
    if (known.includes(name)) return join(folder, name, FILE);
    if (name.includes("/")) return join(name, FILE);
    throw new CannotRun(
      `there is no scenario ${JSON.stringify(name)} in ${folder}. ${suggest(name, known, "scenario")}`,
    );
  });
}
