/**
 * The management network as a machine sees it: QEMU's user-mode network, which has one guest. It leads nowhere, or
 * outside except to private networks: what is misaddressed must not reach somebody's machines.
 * Addresses: QEMU's documentation, system/devices/net.rst ("Using the user mode network stack").
 */

/** A machine's way outside. */
export interface Outbound {
  /** Whether it may ask QEMU's name server, which asks that of the hypervisor. */
  nameServer: boolean;
}

/** QEMU gives its one guest this address; it has no meaning outside of that process. */
const guest = "10.0.2.15";
/** Where a machine with a way outside finds the loopback of its hypervisor. */
export const hostLoopback = "10.0.2.2";
export const nameServer = "10.0.2.3";

/** IPv4 networks of no global reach (IANA's IPv4 special-purpose address registry, RFC 6890). */
export const blackholes = [
  { address: "10.0.0.0", prefixLength: 8 },
  { address: "100.64.0.0", prefixLength: 10 },
  { address: "169.254.0.0", prefixLength: 16 },
  { address: "172.16.0.0", prefixLength: 12 },
  { address: "192.168.0.0", prefixLength: 16 },
] as const;

/** The interface's systemd.network(5) file. */
export function managementNetworkFile(mac: string, outbound: Outbound | undefined): string {
  const prefixLength = outbound === undefined ? 24 : 32;
  const head = `[Match]\nMACAddress=${mac}\n\n[Network]\nAddress=${guest}/${prefixLength}\nLinkLocalAddressing=no\n`;
  return outbound === undefined ? head : head + routes(outbound).map(section).join("");
}

function routes(outbound: Outbound): Record<string, string>[] {
  const neighbours = outbound.nameServer ? [hostLoopback, nameServer] : [hostLoopback];
  return [
    ...neighbours.map((address) => ({ Destination: `${address}/32`, Scope: "link" })),
    { Gateway: hostLoopback },
    ...blackholes.map(({ address, prefixLength }) => ({
      Destination: `${address}/${prefixLength}`,
      Type: "blackhole",
    })),
  ];
}

const section = (route: Record<string, string>): string =>
  `\n[Route]\n${Object.entries(route)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("")}`;
