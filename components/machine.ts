import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { Hypervisor } from "./hypervisor";
import type { Outbound } from "./management-network";
import { generationName, macAddress } from "./naming";
import type { Payload } from "./payload/payload";
import type { Secrets } from "./secrets";
import type { Segment } from "./segment";
import { smbiosCredentials } from "./smbios-credentials";

/** A port of a machine that is reached from the host. */
export interface ServicePort {
  /** The port inside the machine. */
  port: number;
  /** The port on 127.0.0.1 that leads to it; QEMU chooses one without it. */
  hostPort?: number | undefined;
}

/** What every machine of an environment has in common. */
export interface Surroundings {
  hypervisor: Hypervisor;
  segment: Segment;
  secrets: Secrets;
  generation: pulumi.Output<string>;
  /** How the machines reach outside; cut off without it. */
  outbound?: Outbound;
  /** The machines outlive a deploy: what is on their disks must survive a crash of their host. */
  reused: boolean;
}

/** What the configuration says of one machine. */
export interface MachineSize {
  memoryMiB: number;
  vcpus: number;
  sshHostPort?: number | undefined;
}

export interface MachineArgs extends Surroundings, MachineSize {
  payload: Payload;
  /** JSON that the machine finds in /run/staging/secrets.json. */
  secretsJson: pulumi.Input<string>;
  ports: ServicePort[];
  /** On each of them `/health` answers 200 once the machine does what it is for. */
  healthPorts: number[];
}

const sshPort = 22;
const healthySeconds = 240;

/**
 * A virtual machine on the base image. Two interfaces: management, QEMU's user-mode network with port forwards from
 * 127.0.0.1; and the segment. It is there once its service is healthy.
 */
export class Machine extends pulumi.ComponentResource {
  readonly domain: libvirt.Domain;
  /** How to reach it by ssh from the host that deploys. */
  readonly ssh: pulumi.Output<{ host: string; port: number; user: string }>;
  readonly hypervisorName: string;
  /** Done when the machine's service is healthy. */
  private readonly healthy: command.remote.Command;

  constructor(
    readonly machineName: string,
    private readonly args: MachineArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("autoqa-staging:index:Machine", machineName, {}, opts);
    this.hypervisorName = args.hypervisor.hypervisorName;
    this.domain = this.makeDomain(this.makeVolumes());
    this.ssh = forwardedPort(this.domain, sshPort).apply((port) => ({ host: "127.0.0.1", port, user: "root" }));
    this.healthy = this.waitUntilHealthy();
    this.registerOutputs();
  }

  /** `http://127.0.0.1:<port on the host>` for a port of the machine, once the machine is healthy. */
  url(port: number): pulumi.Output<string> {
    return pulumi
      .all([forwardedPort(this.domain, port), this.healthy.id])
      .apply(([hostPort]) => `http://127.0.0.1:${hostPort}`);
  }

  private inGeneration(name: string): pulumi.Output<string> {
    return this.args.generation.apply((generation) => generationName(pulumi.getStack(), generation, name));
  }

  private makeVolumes() {
    const { hypervisor, payload, secretsJson } = this.args;
    const options = { parent: this, provider: hypervisor.provider };
    const pool = hypervisor.pool.name;
    const volume = (role: string, args: Omit<libvirt.VolumeArgs, "pool" | "name">) => {
      const name = `${this.machineName}-${role}`;
      return new libvirt.Volume(name, { pool, name: this.inGeneration(name), ...args }, options);
    };
    return {
      root: volume("root", {
        target: { format: { type: "qcow2" } },
        backingStore: { path: hypervisor.image.root.path, format: { type: "qcow2" } },
      }),
      payload: volume("payload", {
        target: { format: { type: "raw" } },
        source: payload.path,
        sourceSha256: payload.sha256,
      }),
      secrets: volume("secrets", {
        target: { format: { type: "raw" } },
        content: pulumi.secret(secretsJson).apply(padToSector),
      }),
    };
  }

  private makeDomain(volumes: Record<"root" | "payload" | "secrets", libvirt.Volume>): libvirt.Domain {
    const { hypervisor, segment, memoryMiB, vcpus, reused } = this.args;
    const disk = (dev: string, volume: libvirt.Volume, type: "qcow2" | "raw") => ({
      driver: { type, cache: reused ? ("writeback" as const) : ("unsafe" as const) },
      source: { pool: volume.pool, volume: volume.name },
      target: { dev, bus: "virtio" as const },
    });
    const mac = { management: this.mac("management"), segment: this.mac("segment") };
    return new libvirt.Domain(
      this.machineName,
      {
        name: this.inGeneration(this.machineName),
        type: hypervisor.domainType,
        memory: { value: memoryMiB, unit: "MiB" },
        vcpu: vcpus,
        cpu: hypervisor.domainType.apply((type) => ({
          mode: type === "kvm" ? ("host-passthrough" as const) : ("maximum" as const),
        })),
        os: {
          type: { arch: "x86_64", machine: "pc" },
          kernel: hypervisor.image.kernel.path,
          initrd: hypervisor.image.initrd.path,
          cmdline: [
            `console=ttyS0 quiet net.ifnames=0 mitigations=off random.trust_cpu=on`,
            `systemd.hostname=${this.machineName}`,
          ].join(" "),
        },
        features: hypervisor.domainType.apply(
          (type): libvirt.types.input.DomainFeatures =>
            // Without a limit QEMU's emulation takes 1 GiB beside the machine's own memory.
            type === "kvm" ? {} : { tcg: { tbCache: { value: 512, unit: "MiB" } } },
        ),
        sysinfo: {
          oemStrings: this.args.secrets.sshPublicKey.apply((publicKey) =>
            smbiosCredentials({
              publicKey,
              management: { mac: mac.management },
              outbound: this.args.outbound,
              segment: {
                mac: mac.segment,
                address: segment.address(this.machineName),
                prefixLength: segment.prefixLength,
              },
              hosts: segment.hosts,
            }),
          ),
        },
        devices: {
          disks: [
            disk("vda", volumes.root, "qcow2"),
            { ...disk("vdb", volumes.payload, "raw"), readonly: true, serial: "payload" },
            { ...disk("vdc", volumes.secrets, "raw"), readonly: true, serial: "secrets" },
          ],
          interfaces: [
            {
              type: "user",
              mac: { address: mac.management },
              model: { type: "virtio" },
              restrict: this.args.outbound === undefined,
              portForwards: [{ proto: "tcp", address: "127.0.0.1", ranges: this.forwardedRanges() }],
            },
            {
              type: "network",
              mac: { address: mac.segment },
              source: { network: segment.network.name },
              model: { type: "virtio" },
            },
          ],
          controllers: [{ type: "usb", model: "none" }],
          serials: [{ type: "pty", log: { file: this.consoleLog() } }],
          rng: { model: "virtio", backend: { model: "random", source: "/dev/urandom" } },
          memballoon: { model: "none" },
        },
      },
      { parent: this, provider: hypervisor.provider, customTimeouts: { create: "5m" } },
    );
  }

  private mac(role: string): string {
    return macAddress(pulumi.getStack(), this.machineName, role);
  }

  /** In libvirt's own log directory, where virtlogd may write; it goes with the domain. */
  private consoleLog(): pulumi.Output<string> {
    return this.inGeneration(this.machineName).apply((name) => `/var/log/libvirt/qemu/${name}-console.log`);
  }

  private forwardedRanges(): { start?: number; to: number }[] {
    const ports: ServicePort[] = [{ port: sshPort, hostPort: this.args.sshHostPort }, ...this.args.ports];
    return ports.map(({ port, hostPort }) => ({ to: port, ...(hostPort === undefined ? {} : { start: hostPort }) }));
  }

  private waitUntilHealthy(): command.remote.Command {
    const { healthPorts, secrets } = this.args;
    return new command.remote.Command(
      `${this.machineName}-healthy`,
      {
        connection: this.ssh.apply(({ host, port, user }) => ({
          host,
          port,
          user,
          privateKey: secrets.sshPrivateKey,
          // The port accepts connections before the machine has booted: only a short wait finds the moment it has.
          perDialTimeout: 5,
          dialErrorLimit: 60,
        })),
        create: `/usr/local/sbin/wait-until-healthy ${healthySeconds} ${healthPorts.join(" ")}`,
        triggers: [this.domain.id],
      },
      { parent: this },
    );
  }
}

/** The port on the host's loopback that leads to a port of the machine. */
function forwardedPort(domain: libvirt.Domain, port: number): pulumi.Output<number> {
  return domain.portForwards.apply((forwards) => {
    const forward = forwards.find(({ to }) => to === port);
    if (forward === undefined) throw new Error(`no port forward leads to port ${port}`);
    return forward.start;
  });
}

/** A raw disk has whole sectors of 512 bytes; JSON may end in blanks. */
function padToSector(json: string): string {
  return json + " ".repeat((512 - (Buffer.byteLength(json) % 512)) % 512);
}
