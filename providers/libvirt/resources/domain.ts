import { randomUUID } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { type DomainInputs, domain as description } from "../schema/domain";
import { isVirshError } from "../virsh/errors";
import type { Virsh } from "../virsh/virsh";
import { UserError, withContext } from "../wire/errors";
import { domainXml } from "../xml/domain";
import { ownedFiles, readDomain } from "../xml/domain-reader";
import { readOwner } from "../xml/owner";
import { forwardsOf, matchForwards, type PortForward, parseUsernet } from "../xml/usernet";
import { type Node, parseXml } from "../xml/xml";
import { checkDomain } from "./domain-check";
import { removeHostFiles } from "./host-files";
import { reconcile } from "./reconcile";
import { type Found, type Operation, type Resource, undo } from "./resource";

/** Domains are known by UUID, new with each creation; the metadata of their document says who made them. */
export const domainResource: Resource<DomainInputs> = {
  description,
  check: checkDomain,

  async create(operation, inputs) {
    const { virsh, urn } = operation;
    const adopted = await adopt(operation, inputs);
    const uuid = adopted ?? randomUUID();
    let isMade = adopted !== undefined;
    try {
      if (!isMade) {
        await virsh.run(["define", "/dev/stdin"], { input: domainXml(inputs, urn, uuid).xml });
        isMade = true;
      }
      await start(virsh, uuid, inputs);
      const found = await find(virsh, uuid, inputs);
      const [problem] = found.problems;
      if (problem !== undefined) throw new UserError(problem);
      return found;
    } catch (error) {
      const failure = withContext(error, `domain "${inputs.name}" could not be made`);
      throw await undo(failure, uuid, isMade, () => remove(virsh.forCleanup(), uuid));
    }
  },

  async read({ virsh, urn }, id, known) {
    const xml = await virsh.find(["dumpxml", id === "" ? (known?.name ?? "") : id, "--inactive"]);
    if (xml === undefined) return undefined;
    const root = parseXml(xml, "domain");
    if (id === "" && readOwner(root)?.urn !== urn) return undefined;
    return find(virsh, root.child("uuid")?.text ?? id, known);
  },

  async update({ virsh }, id, inputs) {
    await start(virsh, id, inputs);
    return find(virsh, id, inputs);
  },

  async delete({ virsh, urn }, id, inputs) {
    const exists = (await virsh.find(["domname", id])) !== undefined;
    if (exists) await remove(virsh, id);
    // Whoever undefined it has left its files; they may be another one's by now if that has the name.
    else if ((await virsh.find(["domuuid", inputs.name])) === undefined) {
      await removeFiles(virsh, parseXml(domainXml(inputs, urn, id).xml, "domain"));
    }
  },
};

/** The UUID of a domain that a crashed deployment has left, if it is what is asked for; another form of it is removed. */
async function adopt({ virsh, urn }: Operation, inputs: DomainInputs): Promise<string | undefined> {
  const existing = await virsh.find(["dumpxml", inputs.name, "--inactive"]);
  if (existing === undefined) return undefined;
  const root = parseXml(existing, "domain");
  const owner = readOwner(root);
  if (owner?.urn !== urn) {
    throw new UserError(
      `a domain "${inputs.name}" exists already at ${virsh.uri} and is not of this resource; choose another name, or remove it: virsh -c ${virsh.uri} destroy ${inputs.name}; virsh -c ${virsh.uri} undefine ${inputs.name} --managed-save --nvram`,
      status.ALREADY_EXISTS,
    );
  }
  const uuid = root.child("uuid")?.text ?? inputs.name;
  if (owner.digest === domainXml(inputs, urn).owner.digest) return uuid;
  await remove(virsh, uuid);
  return undefined;
}

async function start(virsh: Virsh, uuid: string, inputs: DomainInputs): Promise<void> {
  try {
    await virsh.runUnless(["alreadyActive"], ["start", uuid]);
  } catch (error) {
    if (isVirshError(error, "other") && /Could not open .*Permission denied/.test(error.words)) {
      throw new UserError(
        `${error.words}; QEMU does not run as root and must be able to reach the file: keep it in a pool's directory`,
      );
    }
    if (!isVirshError(error, "portTaken")) throw error;
    const rule = /host forwarding rule '(tcp|udp):([^:']*):(\d+)-/.exec(error.words);
    const [, protocol, address, port] = rule ?? [];
    throw new UserError(
      `port ${port}/${protocol} on ${address} of ${virsh.uri}, which is to lead to machine "${inputs.name}", is taken by another program; free it, or choose another port (0 lets QEMU choose)`,
      status.FAILED_PRECONDITION,
    );
  }
}

async function find(virsh: Virsh, id: string, known: DomainInputs | undefined): Promise<Found<DomainInputs>> {
  const root = parseXml(await virsh.run(["dumpxml", id, "--inactive"]), "domain");
  const live = readDomain(root);
  const uuid = root.child("uuid")?.text ?? id;
  const inputs =
    known === undefined ? live : reconcile(known, readDomain(parseXml(domainXml(known, "").xml, "domain")), live);
  const state = (await virsh.run(["domstate", uuid])).trim();
  if (state === "shut off" || state === "crashed") {
    return { id: uuid, inputs, outputs: { uuid, portForwards: [] }, problems: [`domain "${live.name}" is ${state}`] };
  }
  const portForwards = await usedForwards(virsh, uuid, live);
  return {
    id: uuid,
    inputs,
    outputs: { uuid, portForwards: (portForwards ?? []).map((forward) => ({ ...forward })) },
    problems: portForwards === undefined ? [`domain "${live.name}" lacks some of its port forwards`] : [],
  };
}

/** The ports in use; undefined when QEMU does not report all of them. */
async function usedForwards(virsh: Virsh, uuid: string, inputs: DomainInputs): Promise<PortForward[] | undefined> {
  const wanted = (inputs.devices?.interfaces ?? []).flatMap((item) => (item.type === "user" ? forwardsOf(item) : []));
  if (wanted.length === 0) return [];
  return matchForwards(inputs, parseUsernet(await virsh.run(["qemu-monitor-command", "--hmp", uuid, "info usernet"])));
}

/**
 * Takes away the domain and every file that lives with it; what is gone already is fine. The definition goes last: while
 * it is there, a deletion that was cut off can be repeated.
 */
export async function remove(virsh: Virsh, uuid: string): Promise<void> {
  const xml = await virsh.find(["dumpxml", uuid, "--inactive"]);
  if (xml === undefined) return;
  await virsh.runUnless(["notActive", "notFound"], ["destroy", uuid]);
  await removeFiles(virsh, parseXml(xml, "domain"));
  const andAll = ["--managed-save", "--nvram", "--snapshots-metadata", "--checkpoints-metadata"];
  await virsh.runUnless(["notFound"], ["undefine", uuid, ...andAll]);
}

async function removeFiles(virsh: Virsh, root: Node): Promise<void> {
  const logs = [...ownedFiles(root), ...libvirtLog(virsh, root)];
  await removeHostFiles(virsh, logs.flatMap(withBackups));
}

/** QEMU's standard error, which libvirt keeps after a domain's end (https://libvirt.org/kbase/debuglogs.html). */
function libvirtLog(virsh: Virsh, root: Node): string[] {
  const isSystem = new URL(virsh.uri).pathname === "/system";
  return isSystem ? [`/var/log/libvirt/qemu/${root.child("name")?.text}.log`] : [];
}

/** virtlogd's max_backups (virtlogd.conf). */
const BACKUPS = 3;

/** A log and its older parts, which virtlogd puts away when it becomes too large. */
function withBackups(log: string): string[] {
  return [log, ...Array.from({ length: BACKUPS }, (_, index) => `${log}.${index}`)];
}
