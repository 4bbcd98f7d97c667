/** What a stack's state says: which hypervisors and objects on them it knows. */
import { z } from "zod";
import { EXIT } from "../engine/errors";
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
 * Asks the engine, which alone knows where and how a state is kept.
 * @returns undefined where there is no such stack
 * @throws EngineError with the engine's words where the state cannot be read
 */
export function readState({ engine, reference }: Stack): KnownObjects | undefined {
  let exported: string;
  try {
    exported = ask(engine, ["stack", "export", "--stack", reference]);
  } catch (error) {
    if (error instanceof EngineError && isUnknown(error)) return undefined;
    throw error;
  }
  return knownObjects(JSON.parse(exported));
}

/** Not every release of Pulumi's CLI has an exit code of its own for it. */
const isUnknown = ({ exitCode, message }: EngineError): boolean =>
  exitCode === EXIT.stackNotFound || /no stack named '.*' found/.test(message);

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
