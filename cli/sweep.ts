/**
 * Removes what a killed deploy made without having it written down: a resource whose creation was cut off stands in no
 * state, and the next deploy, being another generation, would not meet its name again. Only what is of a generation that
 * the state names is removed: somebody else's stack may have the same name on the same hypervisor.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { generationName, stackName } from "../components/naming";
import { consoleDirectory } from "./consoles";
import type { KnownObjects } from "./state";
import { virsh, virshList } from "./virsh";

/** @returns a line for each thing that was removed */
export function sweep(stack: string, known: KnownObjects): string[] {
  const prefixes = known.generations.map((generation) => generationName(stack, generation, ""));
  const isOrphan = (name: string) =>
    prefixes.some((prefix) => ofOwner(name).startsWith(prefix)) && !known.names.has(ofOwner(name));
  const removed = known.hypervisorUris.flatMap((uri) => [
    ...sweepDomains(uri, stack, isOrphan),
    ...sweepNetworks(uri, stack, isOrphan),
    ...sweepVolumes(uri, stack, isOrphan),
    ...(known.names.has(stackName(stack)) ? [] : sweepPool(uri, stack)),
  ]);
  return [...removed, ...sweepLogs(prefixes, known.names)];
}

/** The mark that the provider leaves in the metadata of domains and networks. */
const isOurs = (xml: string | undefined, stack: string): boolean =>
  new RegExp(`urn=["']urn:pulumi:${stack}::autoqa-staging::`).test(xml ?? "");

/** The provider notes a volume's owner in a file of its own beside it: `.<volume>.pulumi`. */
const ofOwner = (name: string): string => name.replace(/^\.(.*)\.pulumi$/, "$1");

type IsOrphan = (name: string) => boolean;

function sweepDomains(uri: string, stack: string, isOrphan: IsOrphan): string[] {
  return virshList(uri, "list", "--all", "--name").flatMap((name) => {
    if (!isOrphan(name) || !isOurs(virsh(uri, "dumpxml", name), stack)) return [];
    virsh(uri, "destroy", name);
    virsh(uri, "undefine", "--managed-save", "--nvram", name);
    return [`domain ${name}`];
  });
}

function sweepNetworks(uri: string, stack: string, isOrphan: IsOrphan): string[] {
  return virshList(uri, "net-list", "--all", "--name").flatMap((name) => {
    if (!isOrphan(name) || !isOurs(virsh(uri, "net-dumpxml", name), stack)) return [];
    virsh(uri, "net-destroy", name);
    virsh(uri, "net-undefine", name);
    return [`network ${name}`];
  });
}

function sweepVolumes(uri: string, stack: string, isOrphan: IsOrphan): string[] {
  const pool = stackName(stack);
  virsh(uri, "pool-refresh", pool);
  return volumesOf(uri, pool)
    .filter(isOrphan)
    .map((name) => {
      virsh(uri, "vol-delete", "--pool", pool, name);
      return `volume ${name}`;
    });
}

const volumesOf = (uri: string, pool: string): string[] =>
  virshList(uri, "vol-list", pool).map((line) => line.split(/\s+/)[0] ?? "");

/** The pool of a stack that the state does not know (any more), unless machines have volumes in it: they are somebody's. */
function sweepPool(uri: string, stack: string): string[] {
  const pool = stackName(stack);
  if (virsh(uri, "pool-info", pool) === undefined) return [];
  virsh(uri, "pool-start", pool);
  const volumes = volumesOf(uri, pool);
  if (volumes.some((name) => /^autoqa-.*-[0-9a-f]{8}-/.test(ofOwner(name)))) return [];
  for (const name of volumes) virsh(uri, "vol-delete", "--pool", pool, name);
  virsh(uri, "pool-destroy", pool);
  virsh(uri, "pool-delete", pool);
  virsh(uri, "pool-undefine", pool);
  return [`pool ${pool}`];
}

/** Logs are called `<domain>.log` and `<domain>-console.log`, with numbers behind where they were turned over. */
function sweepLogs(prefixes: string[], knownNames: Set<string>): string[] {
  if (!existsSync(consoleDirectory)) return [];
  return readdirSync(consoleDirectory)
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
    .filter((name) => ![...knownNames].some((domain) => name.startsWith(domain)))
    .map((name) => {
      rmSync(join(consoleDirectory, name));
      return `log ${name}`;
    });
}
