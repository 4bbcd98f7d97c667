import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { BaseImageFiles } from "../images/base-image";

export interface BaseImageArgs {
  pool: libvirt.Pool;
  image: BaseImageFiles;
}

/** The base image in a storage pool: beneath every machine's root disk, and outliving generations. */
export class BaseImage extends pulumi.ComponentResource {
  readonly root: libvirt.Volume;
  readonly kernel: libvirt.Volume;
  readonly initrd: libvirt.Volume;

  constructor(name: string, args: BaseImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:BaseImage", name, {}, opts);
    const upload = (file: keyof BaseImageFiles, type: "qcow2" | "raw") =>
      new libvirt.Volume(
        `${name}-${file}`,
        {
          pool: args.pool.name,
          name: file,
          source: args.image[file].path,
          sourceSha256: args.image[file].sha256,
          // QEMU runs as a user of its own and only reads these.
          target: { format: { type }, permissions: { mode: "0644" } },
        },
        { parent: this },
      );
    this.root = upload("root", "qcow2");
    this.kernel = upload("kernel", "raw");
    this.initrd = upload("initrd", "raw");
    this.registerOutputs();
  }
}
