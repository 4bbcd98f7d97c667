import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { BaseImageFiles } from "../images/base-image";
import { BaseImage } from "./base-image";
import { poolName } from "./naming";

export interface HypervisorArgs {
  /** A libvirt connection URI. */
  uri: string;
  /** The directory of the hypervisor in which this stack's storage pool lies. */
  poolDirectory: string;
  /** Whether machines run under KVM or under QEMU's own emulation. */
  accelerator: "auto" | "kvm" | "tcg";
  /** 8 hexadecimal digits that this stack has for as long as it lives, for the pool's name. */
  stackId: pulumi.Input<string>;
  image: BaseImageFiles;
}

/** One libvirt host: its provider, this stack's storage pool on it, and the base image in that pool. */
export class Hypervisor extends pulumi.ComponentResource {
  readonly provider: libvirt.Provider;
  readonly pool: libvirt.Pool;
  readonly image: BaseImage;
  /** libvirt's domain type for machines here: `kvm` or `qemu`. */
  readonly domainType: pulumi.Output<"kvm" | "qemu">;

  constructor(
    readonly hypervisorName: string,
    args: HypervisorArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("autoqa-staging:index:Hypervisor", hypervisorName, {}, opts);
    this.provider = new libvirt.Provider(hypervisorName, { uri: args.uri }, { parent: this });
    const resourceOptions = { parent: this, provider: this.provider };
    const name = pulumi.output(args.stackId).apply((id) => poolName(pulumi.getStack(), id));
    this.pool = new libvirt.Pool(
      hypervisorName,
      {
        name,
        type: "dir",
        target: { path: pulumi.interpolate`${args.poolDirectory}/${name}`, permissions: { mode: "0711" } },
      },
      resourceOptions,
    );
    this.image = new BaseImage(hypervisorName, { pool: this.pool, image: args.image }, resourceOptions);
    this.domainType = this.chooseDomainType(args.accelerator);
    this.registerOutputs();
  }

  private chooseDomainType(accelerator: HypervisorArgs["accelerator"]): pulumi.Output<"kvm" | "qemu"> {
    if (accelerator !== "auto") return pulumi.output(accelerator === "kvm" ? "kvm" : "qemu");
    const { kvm } = libvirt.getCapabilitiesOutput({}, { parent: this, provider: this.provider });
    return kvm.apply((usable) => (usable ? "kvm" : "qemu"));
  }
}
