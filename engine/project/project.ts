/** Pulumi.yaml: the project, found in the working directory or above it. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { EXIT, UserError } from "../errors";

/** A provider plugin that the project brings along; `directory` is absolute. */
export interface ProviderPlugin {
  readonly name: string;
  readonly directory: string;
}

export interface Project {
  readonly name: string;
  /** Where Pulumi.yaml lies. */
  readonly root: string;
  /** Where the program runs: `root`, or `main` of Pulumi.yaml when that is a directory. */
  readonly programDirectory: string;
  /** What the program host loads, relative to `programDirectory`; `.` means what package.json says. */
  readonly entryPoint: string;
  readonly typescript: boolean;
  readonly tsconfig: string | undefined;
  readonly nodeArguments: readonly string[];
  readonly backendUrl: string | undefined;
  readonly plugins: readonly ProviderPlugin[];
  /** `config:` of Pulumi.yaml: values for every stack, by fully qualified key. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Where the Pulumi.<stack>.yaml files lie. */
  readonly settingsDirectory: string;
}

type Yaml = Record<string, unknown>;
const NAMES = ["Pulumi.yaml", "Pulumi.yml"];

/** Finds and reads the project. Throws a UserError that names the file and the key. */
export function loadProject(directory: string): Project {
  const file = findProjectFile(directory);
  let document: unknown;
  try {
    document = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file} is not valid YAML: ${(error as Error).message}`);
  }
  const root = path.dirname(file);
  const yaml = asMap(document, file, "the document");
  const name = yaml.name;
  if (typeof name !== "string" || !/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    throw new UserError(
      `${file}: 'name' must be a project name of letters, digits, hyphens, underscores and periods, not ${JSON.stringify(name)}`,
    );
  }
  const runtime = typeof yaml.runtime === "string" ? { name: yaml.runtime } : asMap(yaml.runtime, file, "runtime");
  if (runtime.name !== "nodejs") {
    throw new UserError(
      `${file}: the local engine runs 'runtime: nodejs' programs only, not ${JSON.stringify(runtime.name)}`,
    );
  }
  const options = asMap(runtime.options, file, "runtime.options");
  const backend = asMap(yaml.backend, file, "backend");
  return {
    name,
    root,
    ...programPlace(root, yaml.main),
    typescript: options.typescript !== false,
    tsconfig: typeof options.tsconfig === "string" ? options.tsconfig : undefined,
    nodeArguments: typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [],
    backendUrl: typeof backend.url === "string" ? backend.url : undefined,
    plugins: pluginsOf(yaml, root, file),
    config: qualified(asMap(yaml.config, file, "config"), name),
    settingsDirectory: path.resolve(root, typeof yaml.stackConfigDir === "string" ? yaml.stackConfigDir : "."),
  };
}

function findProjectFile(directory: string): string {
  for (let place = directory; ; place = path.dirname(place)) {
    const file = NAMES.map((name) => path.join(place, name)).find((candidate) => existsSync(candidate));
    if (file) return file;
    if (path.dirname(place) === place) break;
  }
  throw new UserError(
    `no Pulumi.yaml project file found in ${directory} or above it: change to the project's directory, or name it with --cwd`,
  );
}

function asMap(value: unknown, file: string, what: string): Yaml {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new UserError(`${file}: ${what} must be a mapping`);
  return value as Yaml;
}

function programPlace(root: string, main: unknown): { programDirectory: string; entryPoint: string } {
  if (typeof main !== "string" || main === "") return { programDirectory: root, entryPoint: "." };
  const target = path.resolve(root, main);
  if (/\.[cm]?[jt]s$/.test(main)) return { programDirectory: path.dirname(target), entryPoint: path.basename(target) };
  return { programDirectory: target, entryPoint: "." };
}

function pluginsOf(yaml: Yaml, root: string, file: string): ProviderPlugin[] {
  const plugins = asMap(yaml.plugins, file, "plugins").providers ?? [];
  if (!Array.isArray(plugins)) throw new UserError(`${file}: plugins.providers must be a list`);
  return plugins.map((plugin: unknown, index) => {
    const { name, path: place } = asMap(plugin, file, `plugins.providers[${index}]`);
    if (typeof name !== "string" || typeof place !== "string") {
      throw new UserError(`${file}: plugins.providers[${index}] must have a name and a path`);
    }
    return { name, directory: path.resolve(root, place) };
  });
}

/** Keys without a namespace belong to the project; `{default: …}` and `{value: …}` are unwrapped. */
function qualified(config: Yaml, project: string): Record<string, unknown> {
  const entries = Object.entries(config).flatMap(([key, value]) => {
    const declared = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Yaml) : undefined;
    const plain = declared && ("type" in declared || "default" in declared || "value" in declared);
    const given = plain ? (declared.value ?? declared.default) : value;
    return given === undefined ? [] : [[key.includes(":") ? key : `${project}:${key}`, given] as const];
  });
  return Object.fromEntries(entries);
}

/** The state backend's URL: environment before Pulumi.yaml. Throws a UserError when neither names one. */
export function backendUrlOf(project: Project | undefined, environment: NodeJS.ProcessEnv): string {
  const url = environment.PULUMI_BACKEND_URL || project?.backendUrl;
  if (!url) {
    throw new UserError(
      "no state backend is configured: set PULUMI_BACKEND_URL or backend.url in Pulumi.yaml to file:///DIRECTORY",
      EXIT.usage,
    );
  }
  return url;
}
