import {
  boolean,
  enumeration,
  type Infer,
  integer,
  list,
  object,
  optional,
  required,
  string,
  updatable,
} from "./types";

/** libvirt's network format: https://libvirt.org/formatnetwork.html */
const range = object("NetworkIpDhcpRange", "A range of addresses that the DHCP server gives out.", {
  start: required(string, "First address."),
  end: required(string, "Last address."),
});

const ip = object("NetworkIp", "An address of the host on the network.", {
  address: required(string, "The host's IPv4 or IPv6 address."),
  prefix: required(integer, "Length of the network prefix in bits."),
  dhcp: optional(
    object("NetworkIpDhcp", "libvirt's DHCP server on this address.", {
      ranges: required(list(range), "The ranges of addresses to give out."),
    }),
    "Serve DHCP on this address.",
  ),
});

const inputs = {
  name: required(string, "Name of the network, unique on its hypervisor."),
  bridge: optional(
    object("NetworkBridge", "The bridge device behind the network.", {
      name: required(string, "Name of the bridge device, at most 15 characters."),
    }),
    "The bridge device; without it libvirt chooses the name.",
  ),
  forward: optional(
    object("NetworkForward", "How the network is connected to the outside.", {
      mode: required(
        enumeration("NetworkForwardMode", "How packets are forwarded.", ["nat", "route", "open", "bridge"]),
        "nat, route, open, or bridge for an existing bridge of the host (named by `bridge`).",
      ),
      dev: optional(string, "Forward only through this device of the host."),
    }),
    "Forwarding; without it the network is isolated.",
  ),
  domain: optional(
    object("NetworkDomain", "The DNS domain of the network.", { name: required(string, "Name of the DNS domain.") }),
    "The DNS domain that the DHCP server announces.",
  ),
  ips: optional(list(ip), "The host's addresses; with none, and no forwarding, the network is a bare isolated bridge."),
  mtu: optional(
    object("NetworkMtu", "Maximum transmission unit.", { size: required(integer, "In bytes.") }),
    "Maximum transmission unit of the bridge.",
  ),
  autostart: updatable(boolean, "Start the network together with libvirt. Default false."),
};

export type NetworkInputs = Infer<typeof inputs>;

export const network = {
  token: "libvirt:index/network:Network",
  description: "A virtual network.",
  inputs,
  outputs: {
    uuid: required(string, "The network's UUID."),
    bridgeName: required(string, "Name of the bridge device in use."),
  },
};
