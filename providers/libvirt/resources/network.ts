import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { status } from "@grpc/grpc-js";
import { network as description, type NetworkInputs } from "../schema/network";
import type { Failure } from "../schema/validate";
import type { Virsh } from "../virsh/virsh";
import { UserError, withContext } from "../wire/errors";
import { isMap, type PlainMap } from "../wire/values";
import { networkXml, readNetwork } from "../xml/network";
import { readOwner } from "../xml/owner";
import { parseXml } from "../xml/xml";
import { removeHostFiles } from "./host-files";
import { reconcile } from "./reconcile";
import { checkName, type Found, type Operation, type Resource, undo } from "./resource";

/** Networks are known by UUID; the metadata of their document says who made them. */
export const networkResource: Resource<NetworkInputs> = {
  description,

  check(inputs: PlainMap): Failure[] {
    return [...checkName("name", inputs.name), ...checkBridge(inputs), ...checkAddresses(inputs.ips)];
  },

  async create(operation, inputs) {
    const adopted = await adopt(operation, inputs);
    const uuid = adopted ?? randomUUID();
    let isMade = adopted !== undefined;
    try {
      if (!isMade) {
        await operation.virsh.run(["net-define", "/dev/stdin"], { input: networkXml(inputs, operation.urn, uuid).xml });
        isMade = true;
      }
      await bringUp(operation, uuid, inputs);
      return await find(operation, uuid, inputs);
    } catch (error) {
      const failure = withContext(error, `network "${inputs.name}" could not be made`);
      throw await undo(failure, uuid, isMade, () =>
        remove({ ...operation, virsh: operation.virsh.forCleanup() }, uuid),
      );
    }
  },

  async read(operation, id, known) {
    const xml = await operation.virsh.find(["net-dumpxml", id === "" ? (known?.name ?? "") : id, "--inactive"]);
    if (xml === undefined || (id === "" && readOwner(parseXml(xml, "network"))?.urn !== operation.urn))
      return undefined;
    return find(operation, parseXml(xml, "network").child("uuid")?.text ?? id, known);
  },

  async update(operation, id, inputs) {
    await bringUp(operation, id, inputs);
    return find(operation, id, inputs);
  },

  async delete(operation, id, { name }) {
    const { virsh } = operation;
    const exists = (await virsh.find(["net-name", id])) !== undefined;
    if (exists) await remove(operation, id);
    // Whoever undefined it has left its state; that may be another one's by now if it has the name.
    else if ((await virsh.find(["net-uuid", name])) === undefined) await removeState(virsh, name);
  },
};

/** Starts the network and sets its autostart, whatever has been done before. */
async function bringUp({ virsh }: Operation, name: string, inputs: NetworkInputs): Promise<void> {
  await virsh.runUnless(["alreadyActive"], ["net-start", name]);
  await virsh.run(["net-autostart", name, ...(inputs.autostart ? [] : ["--disable"])]);
}

/** The UUID of a network that a crashed deployment has left, if it is what is asked for; another form of it is removed. */
async function adopt(operation: Operation, inputs: NetworkInputs): Promise<string | undefined> {
  const { virsh, urn } = operation;
  const existing = await virsh.find(["net-dumpxml", inputs.name, "--inactive"]);
  if (existing === undefined) return undefined;
  const root = parseXml(existing, "network");
  const owner = readOwner(root);
  if (owner?.urn !== urn) {
    throw new UserError(
      `a network "${inputs.name}" exists already at ${virsh.uri} and is not of this resource; choose another name, or remove it: virsh -c ${virsh.uri} net-destroy ${inputs.name}; virsh -c ${virsh.uri} net-undefine ${inputs.name}`,
      status.ALREADY_EXISTS,
    );
  }
  const uuid = root.child("uuid")?.text ?? inputs.name;
  if (owner.digest === networkXml(inputs, urn).owner.digest) return uuid;
  await remove(operation, uuid);
  return undefined;
}

export async function remove({ virsh }: Operation, uuid: string): Promise<void> {
  const name = (await virsh.find(["net-name", uuid]))?.trim();
  if (name === undefined) return;
  await virsh.runUnless(["notActive", "notFound"], ["net-destroy", uuid]);
  await removeState(virsh, name);
  await virsh.runUnless(["notFound"], ["net-undefine", uuid]);
}

/** libvirt forgets this directory of its own, which it makes for the first machine on a network. */
async function removeState(virsh: Virsh, name: string): Promise<void> {
  const state = `/run/libvirt/network/${name}`;
  await removeHostFiles(virsh, [`${state}/ports`, state]);
}

async function find({ virsh }: Operation, id: string, known: NetworkInputs | undefined): Promise<Found<NetworkInputs>> {
  const root = parseXml(await virsh.run(["net-dumpxml", id, "--inactive"]), "network");
  const info = await virsh.run(["net-info", id]);
  const uuid = root.child("uuid")?.text ?? id;
  const autostart = /^Autostart:\s+yes$/m.test(info);
  const live = readNetwork(root);
  const inputs =
    known === undefined
      ? { ...live, ...(autostart && { autostart }) }
      : {
          ...reconcile(known, readNetwork(parseXml(networkXml(known, "").xml, "network")), live),
          ...((known.autostart ?? false) !== autostart && { autostart }),
        };
  const active = /^Active:\s+yes$/m.test(info);
  return {
    id: uuid,
    inputs,
    outputs: { uuid, bridgeName: /^Bridge:\s+(\S+)$/m.exec(info)?.[1] ?? live.bridge?.name ?? "" },
    problems: active ? [] : [`network "${live.name}" is not active`],
  };
}

/** Longest name of a network device of Linux (IFNAMSIZ - 1). */
const LONGEST_DEVICE = 15;

function checkBridge({ bridge, forward }: PlainMap): Failure[] {
  const name = isMap(bridge) ? bridge.name : undefined;
  if (typeof name === "string" && (name.length > LONGEST_DEVICE || /[\s/]/.test(name) || name === "")) {
    return [
      {
        property: "bridge.name",
        reason: `"${name}" cannot be the name of a device: 1 to ${LONGEST_DEVICE} characters`,
      },
    ];
  }
  if (isMap(forward) && forward.mode === "bridge" && bridge === undefined) {
    return [{ property: "bridge", reason: "forward mode bridge needs the name of an existing bridge" }];
  }
  return [];
}

function checkAddresses(ips: unknown): Failure[] {
  if (!Array.isArray(ips)) return [];
  return ips.flatMap((ip, index) => {
    if (!isMap(ip)) return [];
    const address = ip.address;
    if (typeof address !== "string" || isIP(address) !== 0) return [];
    return [{ property: `ips[${index}].address`, reason: `"${address}" is not an IP address` }];
  });
}
