/** What a stack's state says: which hypervisors and objects on them it knows, and who holds its lock. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { backendDirectory } from "../setup/backend";
import { ask, type Engine } from "./engine";

const Properties = z.record(z.string(), z.unknown()).default({});
const Resource = z.looseObject({ type: z.string(), inputs: Properties, outputs: Properties });
const Deployment = z.looseObject({
  deployment: z.looseObject({ resources: z.array(Resource).nullish() }),
});
const Lock = z.looseObject({ pid: z.number(), hostname: z.string() });

/** Where a stack has something, and the names of what its state knows there. */
export interface KnownObjects {
  hypervisorUris: string[];
  names: Set<string>;
  /** Of these, the domains, networks and pools, which are active after every deploy. */
  active: string[];
  /** The generations that this state has made something of; the last one where a deploy was killed, too. */
  generations: string[];
}

/** @throws EngineError with the engine's words where the state cannot be read */
export function knownObjects(engine: Engine, projectDirectory: string, stack: string): KnownObjects {
  const exported = ask(engine, projectDirectory, ["stack", "export", "--stack", stack]);
  const resources = Deployment.parse(JSON.parse(exported)).deployment.resources ?? [];
  const of = (prefix: string) => resources.filter(({ type }) => type.startsWith(prefix));
  const uris = of("pulumi:providers:libvirt").map(({ inputs }) => inputs.uri);
  const names = (prefix: string) => of(prefix).map(({ inputs }) => String(inputs.name));
  return {
    hypervisorUris: [...new Set(uris.filter((uri) => typeof uri === "string"))],
    names: new Set(names("libvirt:")),
    active: ["domain", "network", "pool"].flatMap((kind) => names(`libvirt:index/${kind}:`)),
    generations: of("random:index/randomId:").map(({ outputs }) => String(outputs.hex)),
  };
}

/** Whether there is such a stack in the backend. */
export function stackExists(projectDirectory: string, stack: string): boolean {
  return existsSync(join(backendDirectory(projectDirectory), ".pulumi/stacks/autoqa-staging", `${stack}.json`));
}

/** `stale`: held by a process of this machine that is gone, for a deploy was killed. */
export type LockState = "free" | "held" | "stale";

export function lockState(projectDirectory: string, stack: string): LockState {
  const directory = join(backendDirectory(projectDirectory), ".pulumi/locks/organization/autoqa-staging", stack);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  if (names.length === 0) return "free";
  const locks = names.map((name) => Lock.safeParse(readJson(join(directory, name))));
  return locks.every((lock) => lock.success && isGone(lock.data)) ? "stale" : "held";
}

const isGone = (lock: z.infer<typeof Lock>): boolean =>
  lock.hostname === hostname() && !existsSync(`/proc/${lock.pid}`);

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
