/**
 * What a machine learns before it boots: systemd credentials in SMBIOS strings of type 11. They stand on QEMU's command
 * line, so nothing secret is among them. See systemd's docs/CREDENTIALS.md; systemd 252 or newer reads them.
 */
import { managementNetworkFile, nameServer, type Outbound } from "./management-network";

/** A machine's place on the segment. */
export interface SegmentAddress {
  /** How the other machines call it. */
  hostName: string;
  /** IPv4 address without prefix. */
  address: string;
}

export interface MachineCredentials {
  /** A line for root's authorized_keys. */
  publicKey: string;
  management: { mac: string };
  /** Absent of a machine that is cut off. */
  outbound: Outbound | undefined;
  segment: { mac: string; address: string; prefixLength: number };
  /** Every machine of the segment, this one included. */
  hosts: SegmentAddress[];
}

/** The SMBIOS strings, in the form `io.systemd.credential:NAME=VALUE`. */
export function smbiosCredentials(machine: MachineCredentials): string[] {
  const files = [
    { path: "/etc/hosts", text: hostsFile(machine.hosts) },
    {
      path: "/etc/systemd/network/10-management.network",
      text: managementNetworkFile(machine.management.mac, machine.outbound),
    },
    {
      path: "/etc/systemd/network/20-segment.network",
      text: segmentNetworkFile(machine.segment),
    },
    ...(machine.outbound?.nameServer ? [{ path: "/etc/resolv.conf", text: `nameserver ${nameServer}\n` }] : []),
  ];
  const tmpfiles = files.map(({ path, text }) => `f ${path} 0644 root root - ${escapeArgument(text)}\n`).join("");
  return [
    `io.systemd.credential:ssh.authorized_keys.root=${machine.publicKey}`,
    `io.systemd.credential.binary:tmpfiles.extra=${Buffer.from(tmpfiles).toString("base64")}`,
  ];
}

const hostsFile = (hosts: SegmentAddress[]): string =>
  ["127.0.0.1 localhost", ...hosts.map(({ address, hostName }) => `${address} ${hostName}`), ""].join("\n");

const segmentNetworkFile = ({ mac, address, prefixLength }: MachineCredentials["segment"]): string =>
  `[Match]\nMACAddress=${mac}\n\n[Network]\nAddress=${address}/${prefixLength}\nLinkLocalAddressing=no\n`;

/** tmpfiles.d(5): the argument takes C-style escapes and ends at the line's end; `%` begins a specifier. */
function escapeArgument(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("%", "%%");
}
