import type { NetworkInputs } from "../schema/network";
import { digest, type Owner, ownerElement } from "./owner";
import { buildXml, type Element, type Node } from "./xml";

/** The document to define a network with, owned by this URN; autostart is not part of libvirt's document. */
export function networkXml(inputs: NetworkInputs, urn: string, uuid?: string): { xml: string; owner: Owner } {
  const owner = { urn, digest: digest(buildXml({ network: body(inputs) })) };
  return { xml: buildXml({ network: { uuid, metadata: ownerElement(owner), ...body(inputs) } }), owner };
}

function body({ name, bridge, forward, domain, ips, mtu }: NetworkInputs): Element {
  return {
    name,
    forward: forward && { "@mode": forward.mode, "@dev": forward.dev },
    bridge: bridge && { "@name": bridge.name },
    mtu: mtu && { "@size": mtu.size },
    domain: domain && { "@name": domain.name },
    ip: ips?.map(({ address, prefix, dhcp }) => ({
      "@family": address.includes(":") ? "ipv6" : undefined,
      "@address": address,
      "@prefix": prefix,
      dhcp: dhcp && { range: dhcp.ranges.map(({ start, end }) => ({ "@start": start, "@end": end })) },
    })),
  };
}

/** The inputs that make a network like this one, as far as they can be written in our schema. */
export function readNetwork(root: Node): NetworkInputs {
  const bridge = root.child("bridge")?.attribute("name");
  const forward = root.child("forward");
  const mode = (forward?.attribute("mode") ?? "nat") as NonNullable<NetworkInputs["forward"]>["mode"];
  const dev = forward?.attribute("dev");
  const domain = root.child("domain")?.attribute("name");
  const ips = root.children("ip").map(readIp);
  const mtu = root.child("mtu")?.attribute("size");
  return {
    name: root.child("name")?.text ?? "",
    ...(bridge !== undefined && { bridge: { name: bridge } }),
    ...(forward !== undefined && { forward: { mode, ...(dev !== undefined && { dev }) } }),
    ...(domain !== undefined && { domain: { name: domain } }),
    ...(ips.length > 0 && { ips }),
    ...(mtu !== undefined && { mtu: { size: Number(mtu) } }),
  };
}

function readIp(ip: Node): NonNullable<NetworkInputs["ips"]>[number] {
  const ranges = (ip.child("dhcp")?.children("range") ?? []).map((range) => ({
    start: range.attribute("start") ?? "",
    end: range.attribute("end") ?? "",
  }));
  return {
    address: ip.attribute("address") ?? "",
    prefix: Number(ip.attribute("prefix") ?? netmaskPrefix(ip.attribute("netmask") ?? "")),
    ...(ranges.length > 0 && { dhcp: { ranges } }),
  };
}

/** Length of the prefix that an IPv4 netmask stands for. */
function netmaskPrefix(netmask: string): number {
  const bits = netmask
    .split(".")
    .map((part) => Number(part).toString(2))
    .join("");
  return [...bits].filter((bit) => bit === "1").length;
}
