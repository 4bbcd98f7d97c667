/** What a stack's state says: which hypervisors and objects on them it knows. */
import { z } from "zod";
import { FileBackend } from "../engine/backend/fileBackend";
import { parseStackReference } from "../engine/backend/layout";
import { EXIT, UserError } from "../engine/errors";
import { backendUrlOf, loadProject } from "../engine/project/project";
import { ask, EngineError } from "./engine";
import type { Stack } from "./stack";

const Properties = z.record(z.string(), z.unknown()).default({});
const Resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  /** URN and id of what made it. */
  provider: z.string().default(""),
  inputs: Properties,
  outputs: Properties,
});
const Exported = z.looseObject({
  deployment: z.looseObject({ resources: z.array(Resource).nullish() }),
});

export interface KnownHypervisor {
  /** By which the configuration calls it. */
  name: string;
  /** libvirt's connection URI. */
  uri: string;
  /** The volumes that the state knows there. */
  volumes: Set<string>;
}

/** Where a stack has something, and the names of what its state knows there. */
export interface KnownObjects {
  hypervisors: KnownHypervisor[];
  /** Of domains, networks and pools, which are active after every deploy. */
  names: Set<string>;
  /** The random parts of names of this stack: of its pools and of its generations, that of a killed deploy as well. */
  ids: string[];
}

/**
 * @returns undefined where there is no such stack
 * @throws EngineError or UserError with the engine's words where the state cannot be read
 */
export async function readState(stack: Stack): Promise<KnownObjects | undefined> {
  try {
    return knownObjects(await exported(stack));
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

/** The engine alone knows where and how a state is kept; the local one is asked without Node being started once more. */
async function exported({ engine, reference, project }: Stack): Promise<unknown> {
  if (engine.name === "pulumi") return JSON.parse(ask(engine, ["stack", "export", "--stack", reference]));
  const backend = new FileBackend(backendUrlOf(loadProject(engine.projectDirectory), process.env));
  return { deployment: (await backend.load(parseStackReference(reference, project))) ?? {} };
}

/** Not every release of Pulumi's CLI has an exit code of its own for it. */
const isUnknown = (error: unknown): boolean =>
  (error instanceof UserError && error.code === EXIT.stackNotFound) ||
  (error instanceof EngineError &&
    (error.exitCode === EXIT.stackNotFound || /no stack named '.*' found/.test(error.message)));

/** @param exported as `stack export` prints it */
export function knownObjects(exported: unknown): KnownObjects {
  const resources = Exported.parse(exported).deployment.resources ?? [];
  const of = (prefix: string) => resources.filter(({ type }) => type.startsWith(prefix));
  const hypervisors = of("pulumi:providers:libvirt").map(({ urn, inputs }) => ({
    name: urn.slice(urn.lastIndexOf("::") + 2),
    uri: String(inputs.uri),
    volumes: new Set(
      of("libvirt:index/volume:")
        .filter(({ provider }) => provider.startsWith(`${urn}::`))
        .map(nameOf),
    ),
  }));
  return {
    hypervisors: hypervisors.filter(
      ({ name, uri }, index) => index === hypervisors.findIndex((other) => other.name === name && other.uri === uri),
    ),
    names: new Set(["domain", "network", "pool"].flatMap((kind) => of(`libvirt:index/${kind}:`).map(nameOf))),
    ids: of("random:index/randomId:").map(({ outputs }) => String(outputs.hex)),
  };
}

const nameOf = ({ inputs }: z.infer<typeof Resource>): string => String(inputs.name);
