import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { Hypervisor } from "./hypervisor";
import { generationName } from "./naming";
import type { SegmentAddress } from "./smbios-credentials";

export interface SegmentArgs {
  hypervisor: Hypervisor;
  generation: pulumi.Output<string>;
  /** The names of the machines on it, in the order of their addresses. */
  hostNames: string[];
}

/** First three octets of the machines' addresses. The host has no address here, so they can collide with nothing. */
const network = "192.168.157";
const firstHost = 10;

/**
 * The network between the machines: a bare bridge with neither address nor forwarding on the host. Two environments
 * have the same addresses side by side, each on a bridge of its own.
 */
export class Segment extends pulumi.ComponentResource {
  readonly network: libvirt.Network;
  readonly hosts: SegmentAddress[];
  readonly prefixLength = 24;

  constructor(name: string, args: SegmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:Segment", name, {}, opts);
    this.hosts = args.hostNames.map((hostName, index) => ({ hostName, address: `${network}.${firstHost + index}` }));
    this.network = new libvirt.Network(
      name,
      { name: args.generation.apply((generation) => generationName(pulumi.getStack(), generation, name)) },
      { parent: this, provider: args.hypervisor.provider },
    );
    this.registerOutputs();
  }

  /** @throws Error for a machine that is not on the segment */
  address(hostName: string): string {
    const host = this.hosts.find((candidate) => candidate.hostName === hostName);
    if (host === undefined) throw new Error(`${hostName} is not on the segment`);
    return host.address;
  }
}
