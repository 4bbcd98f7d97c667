/**
 * Removes what a killed deploy made and no state knows: a resource whose creation was cut off stands in no state, and
 * the next deploy, being another generation, would not meet its name again.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stackName } from "../components/naming";
import { consoleDirectory } from "./consoles";
import type { KnownObjects } from "./state";
import { virsh, virshList } from "./virsh";

/** @returns a line for each thing that was removed */
export function sweep(stack: string, known: KnownObjects): string[] {
  const isOrphan = (name: string) => ofGeneration(stack).test(name) && !known.names.has(ofOwner(name));
  const removed = known.hypervisorUris.flatMap((uri) => [
    ...sweepDomains(uri, stack, isOrphan),
    ...sweepNetworks(uri, stack, isOrphan),
    ...sweepVolumes(uri, stack, isOrphan),
    ...(known.names.has(stackName(stack)) ? [] : sweepPool(uri, stack)),
  ]);
  return [...removed, ...sweepLogs(stack, known)];
}

/** Names of what belongs to some generation of a stack; a stack's own name has no special characters. */
const ofGeneration = (stack: string): RegExp => new RegExp(`^\\.?${stackName(stack)}-[0-9a-f]{8}-`);

/** The mark that the provider leaves in the metadata of domains and networks. */
const isOurs = (xml: string | undefined, stack: string): boolean =>
  xml?.includes(`urn="urn:pulumi:${stack}::autoqa-staging::`) ||
  xml?.includes(`urn='urn:pulumi:${stack}::autoqa-staging::`) ||
  false;

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
  return virshList(uri, "vol-list", pool)
    .map((line) => line.split(/\s+/)[0] ?? "")
    .filter(isOrphan)
    .map((name) => {
      virsh(uri, "vol-delete", "--pool", pool, name);
      return `volume ${name}`;
    });
}

/** The pool of a stack that no state knows (any more), with what lies in it. */
function sweepPool(uri: string, stack: string): string[] {
  const pool = stackName(stack);
  if (virsh(uri, "pool-info", pool) === undefined) return [];
  virsh(uri, "pool-start", pool);
  for (const line of virshList(uri, "vol-list", pool))
    virsh(uri, "vol-delete", "--pool", pool, line.split(/\s+/)[0] ?? "");
  virsh(uri, "pool-destroy", pool);
  virsh(uri, "pool-delete", pool);
  virsh(uri, "pool-undefine", pool);
  return [`pool ${pool}`];
}

/** Logs are called `<domain>.log` and `<domain>-console.log`, with numbers behind where they were turned over. */
function sweepLogs(stack: string, known: KnownObjects): string[] {
  if (!existsSync(consoleDirectory)) return [];
  return readdirSync(consoleDirectory)
    .filter((name) => ofGeneration(stack).test(name))
    .filter((name) => ![...known.names].some((domain) => name.startsWith(domain)))
    .map((name) => {
      rmSync(join(consoleDirectory, name));
      return `log ${name}`;
    });
}
