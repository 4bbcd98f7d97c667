/**
 * Removes what a killed deploy made without having it written down: a resource whose creation was cut off stands in no
 * state, and the next deploy, being another generation, would not meet its name again. Only what carries an id that this
 * state has drawn, and the provider's mark for this stack, is removed: somebody else's stack may have the same name.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { generationName, poolName, poolUrn, urnPrefix } from "../components/naming";
import { remove as removeDomain } from "../providers/libvirt/resources/domain";
import { remove as removeNetwork } from "../providers/libvirt/resources/network";
import { isOurs, poolResource } from "../providers/libvirt/resources/pool";
import type { Operation } from "../providers/libvirt/resources/resource";
import { deleteVolume, ownerName, readOwner as readVolumeOwner } from "../providers/libvirt/resources/volume-owner";
import { readOwner } from "../providers/libvirt/xml/owner";
import { parseXml } from "../providers/libvirt/xml/xml";
import { consoleDirectory } from "./consoles";
import type { Stack } from "./stack";
import type { KnownHypervisor, KnownObjects } from "./state";
import { hypervisor, linesOf } from "./virsh";

/** A line for each thing. */
export interface Swept {
  removed: string[];
  /** With the reason. */
  failed: string[];
}

export async function sweep(stack: Pick<Stack, "name" | "project">, known: KnownObjects): Promise<Swept> {
  const sweeping = new Sweeping(stack, known);
  for (const each of known.hypervisors) await sweeping.hypervisor(each);
  await sweeping.logs();
  const { removed, failed } = sweeping;
  return { removed, failed };
}

class Sweeping {
  readonly removed: string[] = [];
  readonly failed: string[] = [];
  readonly #prefixes: string[];
  readonly #urnPrefix: string;

  constructor(
    private readonly stack: Pick<Stack, "name" | "project">,
    private readonly known: KnownObjects,
  ) {
    this.#prefixes = known.ids.map((id) => generationName(stack.name, id, ""));
    this.#urnPrefix = urnPrefix(stack.name, stack.project);
  }

  async hypervisor({ name, uri, volumes }: KnownHypervisor): Promise<void> {
    const urn = poolUrn(this.stack.name, this.stack.project, name);
    const log: Operation["log"] = (_severity, message) => void this.failed.push(`${message} (${uri})`);
    const operation = { virsh: hypervisor(uri), urn, log, signal: new AbortController().signal };
    await this.#tried(`hypervisor ${name}`, async () => {
      await this.#domains(operation);
      await this.#networks(operation);
      for (const id of this.known.ids) await this.#pool(operation, poolName(this.stack.name, id), volumes);
    });
  }

  async #domains({ virsh }: Operation): Promise<void> {
    for (const name of linesOf(await virsh.run(["list", "--all", "--name"])).filter(this.#isOrphan)) {
      const uuid = this.#uuidIfOurs("domain", await virsh.find(["dumpxml", name, "--inactive"]));
      if (uuid === undefined) continue;
      await this.#remove(`domain ${name}`, virsh.uri, () => removeDomain(virsh, uuid));
    }
  }

  async #networks(operation: Operation): Promise<void> {
    const { virsh } = operation;
    for (const name of linesOf(await virsh.run(["net-list", "--all", "--name"])).filter(this.#isOrphan)) {
      const uuid = this.#uuidIfOurs("network", await virsh.find(["net-dumpxml", name, "--inactive"]));
      if (uuid === undefined) continue;
      await this.#remove(`network ${name}`, virsh.uri, () => removeNetwork(operation, uuid));
    }
  }

  /** Of a domain or network that this stack has made. */
  #uuidIfOurs(kind: "domain" | "network", xml: string | undefined): string | undefined {
    if (xml === undefined) return undefined;
    const root = parseXml(xml, kind);
    return this.#isOurs(readOwner(root)?.urn) ? root.child("uuid")?.text : undefined;
  }

  /** The volumes of a pool of this stack that the state does not know, and the pool itself unless the state knows it. */
  async #pool(operation: Operation, name: string, knownVolumes: Set<string>): Promise<void> {
    const { virsh, urn } = operation;
    const uuid = (await virsh.find(["pool-uuid", name]))?.trim();
    if (uuid === undefined || !isOurs(uuid, urn, name)) return;
    await this.#tried(`pool ${name} at ${virsh.uri}`, async () => {
      // After a restart of the hypervisor it may not be active, or its directory be gone: then nothing could be listed.
      const pool = await poolResource.read(operation, uuid, undefined);
      if (pool === undefined) return;
      await poolResource.update(operation, uuid, pool.inputs);
      await virsh.runWhenFree(["pool-refresh", name]);
      const others = await this.#volumes(operation, name, knownVolumes);
      if (this.known.names.has(name)) return;
      if (others.length > 0) throw new Error(`it stays, for these in it are not this stack's: ${others.join(", ")}`);
      await this.#remove(`pool ${name}`, virsh.uri, () => poolResource.delete(operation, uuid, pool.inputs));
    });
  }

  /** @returns the volumes that are not of this stack */
  async #volumes({ virsh }: Operation, pool: string, knownVolumes: Set<string>): Promise<string[]> {
    const names = linesOf(await virsh.run(["vol-list", pool])).map((line) => ofOwner(line.split(/\s+/)[0] ?? ""));
    const others: string[] = [];
    for (const name of [...new Set(names)].filter((each) => !knownVolumes.has(each))) {
      const owner = await readVolumeOwner(virsh, pool, name);
      // The note of a deploy that was killed while it wrote that says nothing yet; the pool is ours, and so is the note.
      if (owner !== undefined && (owner.urn === "" || this.#isOurs(owner.urn))) {
        await this.#remove(`volume ${name}`, virsh.uri, () => deleteVolume(virsh, pool, name));
      } else {
        others.push(name);
      }
    }
    return others;
  }

  /** Logs are called `<domain>.log` and `<domain>-console.log`, with numbers behind where they were turned over. */
  async logs(): Promise<void> {
    for (const name of existsSync(consoleDirectory) ? readdirSync(consoleDirectory) : []) {
      const domain = name.replace(/\.log(\.\d+)?$/, "");
      if (!this.#isOrphan(domain) || !this.#isOrphan(domain.replace(/-console$/, ""))) continue;
      await this.#remove(`log ${name}`, consoleDirectory, async () => rmSync(join(consoleDirectory, name)));
    }
  }

  readonly #isOrphan = (name: string): boolean =>
    this.#prefixes.some((prefix) => name.startsWith(prefix)) && !this.known.names.has(name);

  #isOurs(urn: string | undefined): boolean {
    return urn?.startsWith(this.#urnPrefix) ?? false;
  }

  async #remove(what: string, where: string, work: () => Promise<void>): Promise<void> {
    await this.#tried(`${what} at ${where}`, async () => {
      await work();
      this.removed.push(what);
    });
  }

  async #tried(what: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: Error) => this.failed.push(`${what}: ${error.message}`));
  }
}

/** The provider notes a volume's owner in a file of its own beside it. */
function ofOwner(name: string): string {
  const volume = name.replace(/^\.(.*)\.pulumi$/, "$1");
  return ownerName(volume) === name ? volume : name;
}
