// Generated from the provider's schema by providers/libvirt/sdk/generate.ts: do not edit.

import type * as pulumi from "@pulumi/pulumi";

/** A virtual network. */
export declare class Network extends pulumi.CustomResource {
  /** Looks up an existing resource by id, UUID or name. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<NetworkArgs>,
    opts?: pulumi.CustomResourceOptions,
  ): Network;
  static isInstance(object: unknown): object is Network;
  /** Name of the network, unique on its hypervisor. */
  readonly name: pulumi.Output<string>;
  /** The bridge device; without it libvirt chooses the name. */
  readonly bridge: pulumi.Output<types.output.NetworkBridge | undefined>;
  /** Forwarding; without it the network is isolated. */
  readonly forward: pulumi.Output<types.output.NetworkForward | undefined>;
  /** The DNS domain that the DHCP server announces. */
  readonly domain: pulumi.Output<types.output.NetworkDomain | undefined>;
  /** The host's addresses; with none, and no forwarding, the network is a bare isolated bridge. */
  readonly ips: pulumi.Output<types.output.NetworkIp[] | undefined>;
  /** Maximum transmission unit of the bridge. */
  readonly mtu: pulumi.Output<types.output.NetworkMtu | undefined>;
  /** Start the network together with libvirt. Default false. */
  readonly autostart: pulumi.Output<boolean | undefined>;
  /** The network's UUID. */
  readonly uuid: pulumi.Output<string>;
  /** Name of the bridge device in use. */
  readonly bridgeName: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.CustomResourceOptions);
}

export interface NetworkArgs {
  /** Name of the network, unique on its hypervisor. */
  name: pulumi.Input<string>;
  /** The bridge device; without it libvirt chooses the name. */
  bridge?: pulumi.Input<types.input.NetworkBridge> | undefined;
  /** Forwarding; without it the network is isolated. */
  forward?: pulumi.Input<types.input.NetworkForward> | undefined;
  /** The DNS domain that the DHCP server announces. */
  domain?: pulumi.Input<types.input.NetworkDomain> | undefined;
  /** The host's addresses; with none, and no forwarding, the network is a bare isolated bridge. */
  ips?: pulumi.Input<pulumi.Input<types.input.NetworkIp>[]> | undefined;
  /** Maximum transmission unit of the bridge. */
  mtu?: pulumi.Input<types.input.NetworkMtu> | undefined;
  /** Start the network together with libvirt. Default false. */
  autostart?: pulumi.Input<boolean> | undefined;
}

/** A storage pool: a directory on the hypervisor that holds volumes. Deleting it removes the directory too if it made it and nothing is left in it. */
export declare class Pool extends pulumi.CustomResource {
  /** Looks up an existing resource by id, UUID or name. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<PoolArgs>,
    opts?: pulumi.CustomResourceOptions,
  ): Pool;
  static isInstance(object: unknown): object is Pool;
  /** Name of the pool, unique on its hypervisor. */
  readonly name: pulumi.Output<string>;
  /** A directory of the hypervisor. */
  readonly type: pulumi.Output<"dir">;
  /** Where the pool is. */
  readonly target: pulumi.Output<types.output.PoolTarget>;
  /** Start the pool together with libvirt. Default false. */
  readonly autostart: pulumi.Output<boolean | undefined>;
  /** The pool's UUID. */
  readonly uuid: pulumi.Output<string>;

  constructor(name: string, args: PoolArgs, opts?: pulumi.CustomResourceOptions);
}

export interface PoolArgs {
  /** Name of the pool, unique on its hypervisor. */
  name: pulumi.Input<string>;
  /** A directory of the hypervisor. */
  type: pulumi.Input<"dir">;
  /** Where the pool is. */
  target: pulumi.Input<types.input.PoolTarget>;
  /** Start the pool together with libvirt. Default false. */
  autostart?: pulumi.Input<boolean> | undefined;
}

/** A storage volume: empty, an overlay over a backing store, or with uploaded content (at most one of `backingStore`, `source`, `content`). */
export declare class Volume extends pulumi.CustomResource {
  /** Looks up an existing resource by id, UUID or name. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<VolumeArgs>,
    opts?: pulumi.CustomResourceOptions,
  ): Volume;
  static isInstance(object: unknown): object is Volume;
  /** Name of the pool. */
  readonly pool: pulumi.Output<string>;
  /** Name of the volume, unique in its pool. */
  readonly name: pulumi.Output<string>;
  /** Size as a guest sees it. Needed for an empty volume; otherwise the backing store's or the content's size unless it is to be larger. */
  readonly capacity: pulumi.Output<types.output.Size | undefined>;
  /** The volume as a file. */
  readonly target: pulumi.Output<types.output.VolumeTarget | undefined>;
  /** Make the volume a qcow2 overlay over this image. */
  readonly backingStore: pulumi.Output<types.output.VolumeBackingStore | undefined>;
  /** Upload this local file: its path, or an asset. */
  readonly source: pulumi.Output<string | pulumi.asset.Asset | undefined>;
  /** Hex sha256 of `source`: compared before the upload, and what decides whether the content has changed. */
  readonly sourceSha256: pulumi.Output<string | undefined>;
  /** Upload this text. May be secret. */
  readonly content: pulumi.Output<string | undefined>;
  /** libvirt's key of the volume. */
  readonly key: pulumi.Output<string>;
  /** Absolute path on the hypervisor. */
  readonly path: pulumi.Output<string>;
  /** Size as a guest sees it, in bytes. */
  readonly capacityBytes: pulumi.Output<number>;

  constructor(name: string, args: VolumeArgs, opts?: pulumi.CustomResourceOptions);
}

export interface VolumeArgs {
  /** Name of the pool. */
  pool: pulumi.Input<string>;
  /** Name of the volume, unique in its pool. */
  name: pulumi.Input<string>;
  /** Size as a guest sees it. Needed for an empty volume; otherwise the backing store's or the content's size unless it is to be larger. */
  capacity?: pulumi.Input<types.input.Size> | undefined;
  /** The volume as a file. */
  target?: pulumi.Input<types.input.VolumeTarget> | undefined;
  /** Make the volume a qcow2 overlay over this image. */
  backingStore?: pulumi.Input<types.input.VolumeBackingStore> | undefined;
  /** Upload this local file: its path, or an asset. */
  source?: pulumi.Input<string | pulumi.asset.Asset> | undefined;
  /** Hex sha256 of `source`: compared before the upload, and what decides whether the content has changed. */
  sourceSha256?: pulumi.Input<string> | undefined;
  /** Upload this text. May be secret. */
  content?: pulumi.Input<string> | undefined;
}

/** A virtual machine. It is defined and started; every change replaces it. */
export declare class Domain extends pulumi.CustomResource {
  /** Looks up an existing resource by id, UUID or name. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<DomainArgs>,
    opts?: pulumi.CustomResourceOptions,
  ): Domain;
  static isInstance(object: unknown): object is Domain;
  /** kvm, or qemu for software emulation. */
  readonly type: pulumi.Output<"kvm" | "qemu">;
  /** Name of the domain, unique on its hypervisor. */
  readonly name: pulumi.Output<string>;
  /** Memory of the machine. */
  readonly memory: pulumi.Output<types.output.Size>;
  /** Number of virtual CPUs. Default 1. */
  readonly vcpu: pulumi.Output<number | undefined>;
  /** The virtual CPU. */
  readonly cpu: pulumi.Output<types.output.DomainCpu | undefined>;
  /** What the machine boots. */
  readonly os: pulumi.Output<types.output.DomainOs>;
  /** SMBIOS information that the guest can read. */
  readonly sysinfo: pulumi.Output<types.output.DomainSysinfo | undefined>;
  /** Hypervisor features. */
  readonly features: pulumi.Output<types.output.DomainFeatures | undefined>;
  /** The machine's clock. Default UTC. */
  readonly clock: pulumi.Output<types.output.DomainClock | undefined>;
  /** The machine's devices. */
  readonly devices: pulumi.Output<types.output.DomainDevices | undefined>;
  /** Additional arguments for QEMU. */
  readonly qemuCommandline: pulumi.Output<types.output.DomainQemuCommandline | undefined>;
  /** The domain's UUID, also its id. */
  readonly uuid: pulumi.Output<string>;
  /** The forwarded ports in use, in the order of the inputs. */
  readonly portForwards: pulumi.Output<types.output.PortForward[]>;

  constructor(name: string, args: DomainArgs, opts?: pulumi.CustomResourceOptions);
}

export interface DomainArgs {
  /** kvm, or qemu for software emulation. */
  type: pulumi.Input<"kvm" | "qemu">;
  /** Name of the domain, unique on its hypervisor. */
  name: pulumi.Input<string>;
  /** Memory of the machine. */
  memory: pulumi.Input<types.input.Size>;
  /** Number of virtual CPUs. Default 1. */
  vcpu?: pulumi.Input<number> | undefined;
  /** The virtual CPU. */
  cpu?: pulumi.Input<types.input.DomainCpu> | undefined;
  /** What the machine boots. */
  os: pulumi.Input<types.input.DomainOs>;
  /** SMBIOS information that the guest can read. */
  sysinfo?: pulumi.Input<types.input.DomainSysinfo> | undefined;
  /** Hypervisor features. */
  features?: pulumi.Input<types.input.DomainFeatures> | undefined;
  /** The machine's clock. Default UTC. */
  clock?: pulumi.Input<types.input.DomainClock> | undefined;
  /** The machine's devices. */
  devices?: pulumi.Input<types.input.DomainDevices> | undefined;
  /** Additional arguments for QEMU. */
  qemuCommandline?: pulumi.Input<types.input.DomainQemuCommandline> | undefined;
}

export interface GetCapabilitiesResult {
  /** Whether x86_64 machines can run under KVM: libvirt offers the domain type and the processor has vmx or svm. */
  kvm: boolean;
}
/** What the hypervisor can do. */
export declare function getCapabilities(args?: object, opts?: pulumi.InvokeOptions): Promise<GetCapabilitiesResult>;
export declare function getCapabilitiesOutput(
  args?: object,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetCapabilitiesResult>;

/** A connection to a hypervisor. */
export declare class Provider extends pulumi.ProviderResource {
  static isInstance(object: unknown): object is Provider;
  constructor(name: string, args?: ProviderArgs, opts?: pulumi.ResourceOptions);
}

export interface ProviderArgs {
  /** Connection URI of the hypervisor. Default qemu:///system. */
  uri?: pulumi.Input<string> | undefined;
}

export declare namespace types {
  namespace input {
    /** The bridge device behind the network. */
    interface NetworkBridge {
      /** Name of the bridge device, at most 15 characters. */
      name: pulumi.Input<string>;
    }
    /** How the network is connected to the outside. */
    interface NetworkForward {
      /** nat, route, open, or bridge for an existing bridge of the host (named by `bridge`). */
      mode: pulumi.Input<"nat" | "route" | "open" | "bridge">;
      /** Forward only through this device of the host. */
      dev?: pulumi.Input<string> | undefined;
    }
    /** The DNS domain of the network. */
    interface NetworkDomain {
      /** Name of the DNS domain. */
      name: pulumi.Input<string>;
    }
    /** A range of addresses that the DHCP server gives out. */
    interface NetworkIpDhcpRange {
      /** First address. */
      start: pulumi.Input<string>;
      /** Last address. */
      end: pulumi.Input<string>;
    }
    /** libvirt's DHCP server on this address. */
    interface NetworkIpDhcp {
      /** The ranges of addresses to give out. */
      ranges: pulumi.Input<pulumi.Input<types.input.NetworkIpDhcpRange>[]>;
    }
    /** An address of the host on the network. */
    interface NetworkIp {
      /** The host's IPv4 or IPv6 address. */
      address: pulumi.Input<string>;
      /** Length of the network prefix in bits. */
      prefix: pulumi.Input<number>;
      /** Serve DHCP on this address. */
      dhcp?: pulumi.Input<types.input.NetworkIpDhcp> | undefined;
    }
    /** Maximum transmission unit. */
    interface NetworkMtu {
      /** In bytes. */
      size: pulumi.Input<number>;
    }
    /** Owner and mode of a file or directory on the hypervisor. */
    interface Permissions {
      /** Octal mode, for example "0711". */
      mode?: pulumi.Input<string> | undefined;
      /** Numeric user id. */
      owner?: pulumi.Input<number> | undefined;
      /** Numeric group id. */
      group?: pulumi.Input<number> | undefined;
    }
    /** Where the pool is. */
    interface PoolTarget {
      /** Absolute path of the directory on the hypervisor; made when it is not there. */
      path: pulumi.Input<string>;
      /** Owner and mode of the directory, if it is made. */
      permissions?: pulumi.Input<types.input.Permissions> | undefined;
    }
    /** An amount of memory or storage. */
    interface Size {
      /** How many units. */
      value: pulumi.Input<number>;
      /** Unit of the value. Default bytes for storage, KiB for memory. */
      unit?: pulumi.Input<"bytes" | "KB" | "KiB" | "MB" | "MiB" | "GB" | "GiB" | "TB" | "TiB"> | undefined;
    }
    /** Format of a disk image. */
    interface Format {
      /** qcow2 or raw. */
      type: pulumi.Input<"qcow2" | "raw">;
    }
    /** The volume as a file. */
    interface VolumeTarget {
      /** Image format; of the uploaded file where there is one. Default raw. */
      format?: pulumi.Input<types.input.Format> | undefined;
      /** Owner and mode. Default mode 0600. */
      permissions?: pulumi.Input<types.input.Permissions> | undefined;
    }
    /** The image beneath a qcow2 overlay. */
    interface VolumeBackingStore {
      /** Absolute path of the image on the hypervisor. */
      path: pulumi.Input<string>;
      /** Its format. */
      format: pulumi.Input<types.input.Format>;
    }
    /** The virtual CPU. */
    interface DomainCpu {
      /** custom needs a model. */
      mode: pulumi.Input<"custom" | "host-model" | "host-passthrough" | "maximum">;
      /** For mode custom, for example qemu64. */
      model?: pulumi.Input<string> | undefined;
    }
    /** The virtual hardware. */
    interface DomainOsType {
      /** CPU architecture, for example x86_64. */
      arch: pulumi.Input<string>;
      /** Machine type, for example q35 or pc. */
      machine: pulumi.Input<string>;
    }
    /** A firmware image. */
    interface DomainOsLoader {
      /** Absolute path on the hypervisor. */
      path: pulumi.Input<string>;
      /** Map the image read-only. */
      readonly?: pulumi.Input<boolean> | undefined;
      /** rom or pflash. */
      type?: pulumi.Input<"rom" | "pflash"> | undefined;
    }
    /** A boot device. */
    interface DomainOsBoot {
      /** Boot device. */
      dev: pulumi.Input<"hd" | "cdrom" | "network" | "fd">;
    }
    /** What the machine boots. */
    interface DomainOs {
      /** The virtual hardware. */
      type: pulumi.Input<types.input.DomainOsType>;
      /** Let libvirt choose a firmware of this kind. */
      firmware?: pulumi.Input<"bios" | "efi"> | undefined;
      /** A certain firmware image. */
      loader?: pulumi.Input<types.input.DomainOsLoader> | undefined;
      /** Direct kernel boot: absolute path of the kernel on the hypervisor. */
      kernel?: pulumi.Input<string> | undefined;
      /** Direct kernel boot: absolute path of the initial RAM disk. */
      initrd?: pulumi.Input<string> | undefined;
      /** Direct kernel boot: the kernel's command line. */
      cmdline?: pulumi.Input<string> | undefined;
      /** Boot devices in order. */
      boot?: pulumi.Input<pulumi.Input<types.input.DomainOsBoot>[]> | undefined;
    }
    /** SMBIOS information. */
    interface DomainSysinfo {
      /** OEM strings, for example systemd credentials (io.systemd.credential:…). They stand on QEMU's command line: public data only. */
      oemStrings: pulumi.Input<pulumi.Input<string>[]>;
    }
    /** Settings of QEMU's software emulation. */
    interface DomainFeaturesTcg {
      /** Size of the translation block cache (QEMU's tb-size; without it QEMU takes up to 1 GiB of memory). Unit MiB by default. */
      tbCache: pulumi.Input<types.input.Size>;
    }
    /** Hypervisor features. */
    interface DomainFeatures {
      /** ACPI. Default true. */
      acpi?: pulumi.Input<boolean> | undefined;
      /** APIC. Default true. */
      apic?: pulumi.Input<boolean> | undefined;
      /** Settings of software emulation, for type qemu. */
      tcg?: pulumi.Input<types.input.DomainFeaturesTcg> | undefined;
    }
    /** A timer device. */
    interface DomainClockTimer {
      /** Which timer. */
      name: pulumi.Input<"rtc" | "pit" | "hpet" | "tsc" | "kvmclock" | "hypervclock">;
      /** Whether the guest has it. */
      present?: pulumi.Input<boolean> | undefined;
      /** What happens to missed ticks. */
      tickpolicy?: pulumi.Input<"delay" | "catchup" | "merge" | "discard"> | undefined;
    }
    /** The machine's clock. */
    interface DomainClock {
      /** utc or localtime. */
      offset: pulumi.Input<"utc" | "localtime">;
      /** Timer devices. */
      timers?: pulumi.Input<pulumi.Input<types.input.DomainClockTimer>[]> | undefined;
    }
    /** How QEMU accesses the image. */
    interface DomainDiskDriver {
      /** Driver. Default qemu. */
      name?: pulumi.Input<"qemu"> | undefined;
      /** Image format. */
      type: pulumi.Input<"qcow2" | "raw">;
      /** Cache mode; unsafe is fastest, for disks that a crash of the host may lose. */
      cache?: pulumi.Input<"default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe"> | undefined;
      /** Discard requests. */
      discard?: pulumi.Input<"unmap" | "ignore"> | undefined;
    }
    /** What the disk is: a volume of a pool, or a file. */
    interface DomainDiskSource {
      /** Name of the pool. */
      pool?: pulumi.Input<string> | undefined;
      /** Name of the volume in the pool. */
      volume?: pulumi.Input<string> | undefined;
      /** Absolute path on the hypervisor. */
      file?: pulumi.Input<string> | undefined;
    }
    /** How the guest sees the disk. */
    interface DomainDiskTarget {
      /** Name that orders the disks, for example vda. */
      dev: pulumi.Input<string>;
      /** Bus. */
      bus: pulumi.Input<"virtio" | "sata" | "scsi" | "ide" | "usb">;
    }
    /** A disk. */
    interface DomainDisk {
      /** disk or cdrom. Default disk. */
      device?: pulumi.Input<"disk" | "cdrom"> | undefined;
      /** How QEMU accesses the image. Default raw. */
      driver?: pulumi.Input<types.input.DomainDiskDriver> | undefined;
      /** `pool` and `volume`, or `file`. */
      source: pulumi.Input<types.input.DomainDiskSource>;
      /** How the guest sees the disk. */
      target: pulumi.Input<types.input.DomainDiskTarget>;
      /** The guest may not write. */
      readonly?: pulumi.Input<boolean> | undefined;
      /** Serial number, by which the guest finds the disk under /dev/disk/by-id. */
      serial?: pulumi.Input<string> | undefined;
    }
    /** A bus controller. */
    interface DomainController {
      /** Kind of bus. */
      type: pulumi.Input<"usb" | "sata" | "scsi" | "virtio-serial">;
      /** Number of the controller. Default 0. */
      index?: pulumi.Input<number> | undefined;
      /** Model; "none" leaves the bus out. */
      model?: pulumi.Input<string> | undefined;
    }
    /** What the interface is connected to. */
    interface DomainInterfaceSource {
      /** Name of a libvirt network, for type network. */
      network?: pulumi.Input<string> | undefined;
      /** Name of a bridge of the hypervisor, for type bridge. */
      bridge?: pulumi.Input<string> | undefined;
    }
    /** Hardware address. */
    interface DomainInterfaceMac {
      /** For example 52:54:00:12:34:56. */
      address: pulumi.Input<string>;
    }
    /** Kind of network card. */
    interface DomainInterfaceModel {
      /** Kind of network card. */
      type: pulumi.Input<"virtio" | "e1000" | "e1000e" | "rtl8139">;
    }
    /** One forwarded port. */
    interface DomainInterfacePortForwardRange {
      /** Port of the hypervisor; absent or 0 lets QEMU choose a free one. */
      start?: pulumi.Input<number> | undefined;
      /** Port of the guest. */
      to: pulumi.Input<number>;
    }
    /** Ports of the hypervisor that lead into the guest. */
    interface DomainInterfacePortForward {
      /** tcp or udp. */
      proto: pulumi.Input<"tcp" | "udp">;
      /** IPv4 address of the hypervisor to listen on. Default 127.0.0.1. */
      address?: pulumi.Input<string> | undefined;
      /** The forwarded ports. */
      ranges: pulumi.Input<pulumi.Input<types.input.DomainInterfacePortForwardRange>[]>;
    }
    /** A network interface. */
    interface DomainInterface {
      /** network, bridge, or user for QEMU's user-mode network. */
      type: pulumi.Input<"network" | "bridge" | "user">;
      /** What the interface is connected to; not for type user. */
      source?: pulumi.Input<types.input.DomainInterfaceSource> | undefined;
      /** Hardware address; without it libvirt or QEMU chooses one. */
      mac?: pulumi.Input<types.input.DomainInterfaceMac> | undefined;
      /** Kind of network card. Default virtio. */
      model?: pulumi.Input<types.input.DomainInterfaceModel> | undefined;
      /** Type user only: cut the guest off from host and outside; port forwards still reach it (QEMU's restrict=on). */
      restrict?: pulumi.Input<boolean> | undefined;
      /** Type user only: ports of the hypervisor that lead into the guest. The ports in use are in the output `portForwards`. */
      portForwards?: pulumi.Input<pulumi.Input<types.input.DomainInterfacePortForward>[]> | undefined;
    }
    /** Where the device leads. */
    interface DomainCharacterDeviceSource {
      /** For type file: absolute path on the hypervisor, deleted with the domain. */
      path: pulumi.Input<string>;
    }
    /** A log of everything that the guest writes. */
    interface DomainCharacterDeviceLog {
      /** Absolute path on the hypervisor; written by virtlogd, deleted with the domain. */
      file: pulumi.Input<string>;
      /** Keep what is in the file when the machine starts. Default false. */
      append?: pulumi.Input<boolean> | undefined;
    }
    /** The port in the guest. */
    interface DomainSerialTarget {
      /** 0 for ttyS0, and so on. */
      port: pulumi.Input<number>;
    }
    /** A serial port. */
    interface DomainSerial {
      /** pty or file. */
      type: pulumi.Input<"pty" | "file">;
      /** For type file. */
      source?: pulumi.Input<types.input.DomainCharacterDeviceSource> | undefined;
      /** Log everything that the guest writes. */
      log?: pulumi.Input<types.input.DomainCharacterDeviceLog> | undefined;
      /** The port in the guest. Default the next one. */
      target?: pulumi.Input<types.input.DomainSerialTarget> | undefined;
    }
    /** The console in the guest. */
    interface DomainConsoleTarget {
      /** serial (ttyS0) or virtio (hvc0, much faster under emulation). */
      type: pulumi.Input<"serial" | "virtio">;
    }
    /** A console. */
    interface DomainConsole {
      /** pty or file. */
      type: pulumi.Input<"pty" | "file">;
      /** For type file. */
      source?: pulumi.Input<types.input.DomainCharacterDeviceSource> | undefined;
      /** Log everything that the guest writes. */
      log?: pulumi.Input<types.input.DomainCharacterDeviceLog> | undefined;
      /** The console in the guest. Default serial. */
      target?: pulumi.Input<types.input.DomainConsoleTarget> | undefined;
    }
    /** Where the numbers come from. */
    interface DomainRngBackend {
      /** Backend. */
      model: pulumi.Input<"random" | "builtin">;
      /** For model random: the device, for example /dev/urandom. */
      source?: pulumi.Input<string> | undefined;
    }
    /** A source of random numbers. */
    interface DomainRng {
      /** virtio. */
      model: pulumi.Input<"virtio">;
      /** Where the numbers come from. */
      backend: pulumi.Input<types.input.DomainRngBackend>;
    }
    /** The memory balloon. */
    interface DomainMemballoon {
      /** virtio or none. */
      model: pulumi.Input<"virtio" | "none">;
    }
    /** The machine's devices. */
    interface DomainDevices {
      /** Path of QEMU on the hypervisor; without it libvirt chooses. */
      emulator?: pulumi.Input<string> | undefined;
      /** Disks. */
      disks?: pulumi.Input<pulumi.Input<types.input.DomainDisk>[]> | undefined;
      /** Bus controllers that differ from libvirt's choice. */
      controllers?: pulumi.Input<pulumi.Input<types.input.DomainController>[]> | undefined;
      /** Network interfaces. */
      interfaces?: pulumi.Input<pulumi.Input<types.input.DomainInterface>[]> | undefined;
      /** Serial ports. */
      serials?: pulumi.Input<pulumi.Input<types.input.DomainSerial>[]> | undefined;
      /** Consoles. */
      consoles?: pulumi.Input<pulumi.Input<types.input.DomainConsole>[]> | undefined;
      /** A source of random numbers. */
      rng?: pulumi.Input<types.input.DomainRng> | undefined;
      /** The memory balloon; libvirt adds one unless the model is none. */
      memballoon?: pulumi.Input<types.input.DomainMemballoon> | undefined;
    }
    /** Additional arguments for QEMU. */
    interface DomainQemuCommandline {
      /** Arguments. */
      args: pulumi.Input<pulumi.Input<string>[]>;
    }
    /** A forwarded port as it is in use. */
    interface PortForward {
      /** tcp or udp. */
      proto: pulumi.Input<"tcp" | "udp">;
      /** Address of the hypervisor. */
      address: pulumi.Input<string>;
      /** Port of the hypervisor. */
      start: pulumi.Input<number>;
      /** Port of the guest. */
      to: pulumi.Input<number>;
    }
  }
  namespace output {
    /** The bridge device behind the network. */
    interface NetworkBridge {
      /** Name of the bridge device, at most 15 characters. */
      name: string;
    }
    /** How the network is connected to the outside. */
    interface NetworkForward {
      /** nat, route, open, or bridge for an existing bridge of the host (named by `bridge`). */
      mode: "nat" | "route" | "open" | "bridge";
      /** Forward only through this device of the host. */
      dev?: string | undefined;
    }
    /** The DNS domain of the network. */
    interface NetworkDomain {
      /** Name of the DNS domain. */
      name: string;
    }
    /** A range of addresses that the DHCP server gives out. */
    interface NetworkIpDhcpRange {
      /** First address. */
      start: string;
      /** Last address. */
      end: string;
    }
    /** libvirt's DHCP server on this address. */
    interface NetworkIpDhcp {
      /** The ranges of addresses to give out. */
      ranges: types.output.NetworkIpDhcpRange[];
    }
    /** An address of the host on the network. */
    interface NetworkIp {
      /** The host's IPv4 or IPv6 address. */
      address: string;
      /** Length of the network prefix in bits. */
      prefix: number;
      /** Serve DHCP on this address. */
      dhcp?: types.output.NetworkIpDhcp | undefined;
    }
    /** Maximum transmission unit. */
    interface NetworkMtu {
      /** In bytes. */
      size: number;
    }
    /** Owner and mode of a file or directory on the hypervisor. */
    interface Permissions {
      /** Octal mode, for example "0711". */
      mode?: string | undefined;
      /** Numeric user id. */
      owner?: number | undefined;
      /** Numeric group id. */
      group?: number | undefined;
    }
    /** Where the pool is. */
    interface PoolTarget {
      /** Absolute path of the directory on the hypervisor; made when it is not there. */
      path: string;
      /** Owner and mode of the directory, if it is made. */
      permissions?: types.output.Permissions | undefined;
    }
    /** An amount of memory or storage. */
    interface Size {
      /** How many units. */
      value: number;
      /** Unit of the value. Default bytes for storage, KiB for memory. */
      unit?: "bytes" | "KB" | "KiB" | "MB" | "MiB" | "GB" | "GiB" | "TB" | "TiB" | undefined;
    }
    /** Format of a disk image. */
    interface Format {
      /** qcow2 or raw. */
      type: "qcow2" | "raw";
    }
    /** The volume as a file. */
    interface VolumeTarget {
      /** Image format; of the uploaded file where there is one. Default raw. */
      format?: types.output.Format | undefined;
      /** Owner and mode. Default mode 0600. */
      permissions?: types.output.Permissions | undefined;
    }
    /** The image beneath a qcow2 overlay. */
    interface VolumeBackingStore {
      /** Absolute path of the image on the hypervisor. */
      path: string;
      /** Its format. */
      format: types.output.Format;
    }
    /** The virtual CPU. */
    interface DomainCpu {
      /** custom needs a model. */
      mode: "custom" | "host-model" | "host-passthrough" | "maximum";
      /** For mode custom, for example qemu64. */
      model?: string | undefined;
    }
    /** The virtual hardware. */
    interface DomainOsType {
      /** CPU architecture, for example x86_64. */
      arch: string;
      /** Machine type, for example q35 or pc. */
      machine: string;
    }
    /** A firmware image. */
    interface DomainOsLoader {
      /** Absolute path on the hypervisor. */
      path: string;
      /** Map the image read-only. */
      readonly?: boolean | undefined;
      /** rom or pflash. */
      type?: "rom" | "pflash" | undefined;
    }
    /** A boot device. */
    interface DomainOsBoot {
      /** Boot device. */
      dev: "hd" | "cdrom" | "network" | "fd";
    }
    /** What the machine boots. */
    interface DomainOs {
      /** The virtual hardware. */
      type: types.output.DomainOsType;
      /** Let libvirt choose a firmware of this kind. */
      firmware?: "bios" | "efi" | undefined;
      /** A certain firmware image. */
      loader?: types.output.DomainOsLoader | undefined;
      /** Direct kernel boot: absolute path of the kernel on the hypervisor. */
      kernel?: string | undefined;
      /** Direct kernel boot: absolute path of the initial RAM disk. */
      initrd?: string | undefined;
      /** Direct kernel boot: the kernel's command line. */
      cmdline?: string | undefined;
      /** Boot devices in order. */
      boot?: types.output.DomainOsBoot[] | undefined;
    }
    /** SMBIOS information. */
    interface DomainSysinfo {
      /** OEM strings, for example systemd credentials (io.systemd.credential:…). They stand on QEMU's command line: public data only. */
      oemStrings: string[];
    }
    /** Settings of QEMU's software emulation. */
    interface DomainFeaturesTcg {
      /** Size of the translation block cache (QEMU's tb-size; without it QEMU takes up to 1 GiB of memory). Unit MiB by default. */
      tbCache: types.output.Size;
    }
    /** Hypervisor features. */
    interface DomainFeatures {
      /** ACPI. Default true. */
      acpi?: boolean | undefined;
      /** APIC. Default true. */
      apic?: boolean | undefined;
      /** Settings of software emulation, for type qemu. */
      tcg?: types.output.DomainFeaturesTcg | undefined;
    }
    /** A timer device. */
    interface DomainClockTimer {
      /** Which timer. */
      name: "rtc" | "pit" | "hpet" | "tsc" | "kvmclock" | "hypervclock";
      /** Whether the guest has it. */
      present?: boolean | undefined;
      /** What happens to missed ticks. */
      tickpolicy?: "delay" | "catchup" | "merge" | "discard" | undefined;
    }
    /** The machine's clock. */
    interface DomainClock {
      /** utc or localtime. */
      offset: "utc" | "localtime";
      /** Timer devices. */
      timers?: types.output.DomainClockTimer[] | undefined;
    }
    /** How QEMU accesses the image. */
    interface DomainDiskDriver {
      /** Driver. Default qemu. */
      name?: "qemu" | undefined;
      /** Image format. */
      type: "qcow2" | "raw";
      /** Cache mode; unsafe is fastest, for disks that a crash of the host may lose. */
      cache?: "default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe" | undefined;
      /** Discard requests. */
      discard?: "unmap" | "ignore" | undefined;
    }
    /** What the disk is: a volume of a pool, or a file. */
    interface DomainDiskSource {
      /** Name of the pool. */
      pool?: string | undefined;
      /** Name of the volume in the pool. */
      volume?: string | undefined;
      /** Absolute path on the hypervisor. */
      file?: string | undefined;
    }
    /** How the guest sees the disk. */
    interface DomainDiskTarget {
      /** Name that orders the disks, for example vda. */
      dev: string;
      /** Bus. */
      bus: "virtio" | "sata" | "scsi" | "ide" | "usb";
    }
    /** A disk. */
    interface DomainDisk {
      /** disk or cdrom. Default disk. */
      device?: "disk" | "cdrom" | undefined;
      /** How QEMU accesses the image. Default raw. */
      driver?: types.output.DomainDiskDriver | undefined;
      /** `pool` and `volume`, or `file`. */
      source: types.output.DomainDiskSource;
      /** How the guest sees the disk. */
      target: types.output.DomainDiskTarget;
      /** The guest may not write. */
      readonly?: boolean | undefined;
      /** Serial number, by which the guest finds the disk under /dev/disk/by-id. */
      serial?: string | undefined;
    }
    /** A bus controller. */
    interface DomainController {
      /** Kind of bus. */
      type: "usb" | "sata" | "scsi" | "virtio-serial";
      /** Number of the controller. Default 0. */
      index?: number | undefined;
      /** Model; "none" leaves the bus out. */
      model?: string | undefined;
    }
    /** What the interface is connected to. */
    interface DomainInterfaceSource {
      /** Name of a libvirt network, for type network. */
      network?: string | undefined;
      /** Name of a bridge of the hypervisor, for type bridge. */
      bridge?: string | undefined;
    }
    /** Hardware address. */
    interface DomainInterfaceMac {
      /** For example 52:54:00:12:34:56. */
      address: string;
    }
    /** Kind of network card. */
    interface DomainInterfaceModel {
      /** Kind of network card. */
      type: "virtio" | "e1000" | "e1000e" | "rtl8139";
    }
    /** One forwarded port. */
    interface DomainInterfacePortForwardRange {
      /** Port of the hypervisor; absent or 0 lets QEMU choose a free one. */
      start?: number | undefined;
      /** Port of the guest. */
      to: number;
    }
    /** Ports of the hypervisor that lead into the guest. */
    interface DomainInterfacePortForward {
      /** tcp or udp. */
      proto: "tcp" | "udp";
      /** IPv4 address of the hypervisor to listen on. Default 127.0.0.1. */
      address?: string | undefined;
      /** The forwarded ports. */
      ranges: types.output.DomainInterfacePortForwardRange[];
    }
    /** A network interface. */
    interface DomainInterface {
      /** network, bridge, or user for QEMU's user-mode network. */
      type: "network" | "bridge" | "user";
      /** What the interface is connected to; not for type user. */
      source?: types.output.DomainInterfaceSource | undefined;
      /** Hardware address; without it libvirt or QEMU chooses one. */
      mac?: types.output.DomainInterfaceMac | undefined;
      /** Kind of network card. Default virtio. */
      model?: types.output.DomainInterfaceModel | undefined;
      /** Type user only: cut the guest off from host and outside; port forwards still reach it (QEMU's restrict=on). */
      restrict?: boolean | undefined;
      /** Type user only: ports of the hypervisor that lead into the guest. The ports in use are in the output `portForwards`. */
      portForwards?: types.output.DomainInterfacePortForward[] | undefined;
    }
    /** Where the device leads. */
    interface DomainCharacterDeviceSource {
      /** For type file: absolute path on the hypervisor, deleted with the domain. */
      path: string;
    }
    /** A log of everything that the guest writes. */
    interface DomainCharacterDeviceLog {
      /** Absolute path on the hypervisor; written by virtlogd, deleted with the domain. */
      file: string;
      /** Keep what is in the file when the machine starts. Default false. */
      append?: boolean | undefined;
    }
    /** The port in the guest. */
    interface DomainSerialTarget {
      /** 0 for ttyS0, and so on. */
      port: number;
    }
    /** A serial port. */
    interface DomainSerial {
      /** pty or file. */
      type: "pty" | "file";
      /** For type file. */
      source?: types.output.DomainCharacterDeviceSource | undefined;
      /** Log everything that the guest writes. */
      log?: types.output.DomainCharacterDeviceLog | undefined;
      /** The port in the guest. Default the next one. */
      target?: types.output.DomainSerialTarget | undefined;
    }
    /** The console in the guest. */
    interface DomainConsoleTarget {
      /** serial (ttyS0) or virtio (hvc0, much faster under emulation). */
      type: "serial" | "virtio";
    }
    /** A console. */
    interface DomainConsole {
      /** pty or file. */
      type: "pty" | "file";
      /** For type file. */
      source?: types.output.DomainCharacterDeviceSource | undefined;
      /** Log everything that the guest writes. */
      log?: types.output.DomainCharacterDeviceLog | undefined;
      /** The console in the guest. Default serial. */
      target?: types.output.DomainConsoleTarget | undefined;
    }
    /** Where the numbers come from. */
    interface DomainRngBackend {
      /** Backend. */
      model: "random" | "builtin";
      /** For model random: the device, for example /dev/urandom. */
      source?: string | undefined;
    }
    /** A source of random numbers. */
    interface DomainRng {
      /** virtio. */
      model: "virtio";
      /** Where the numbers come from. */
      backend: types.output.DomainRngBackend;
    }
    /** The memory balloon. */
    interface DomainMemballoon {
      /** virtio or none. */
      model: "virtio" | "none";
    }
    /** The machine's devices. */
    interface DomainDevices {
      /** Path of QEMU on the hypervisor; without it libvirt chooses. */
      emulator?: string | undefined;
      /** Disks. */
      disks?: types.output.DomainDisk[] | undefined;
      /** Bus controllers that differ from libvirt's choice. */
      controllers?: types.output.DomainController[] | undefined;
      /** Network interfaces. */
      interfaces?: types.output.DomainInterface[] | undefined;
      /** Serial ports. */
      serials?: types.output.DomainSerial[] | undefined;
      /** Consoles. */
      consoles?: types.output.DomainConsole[] | undefined;
      /** A source of random numbers. */
      rng?: types.output.DomainRng | undefined;
      /** The memory balloon; libvirt adds one unless the model is none. */
      memballoon?: types.output.DomainMemballoon | undefined;
    }
    /** Additional arguments for QEMU. */
    interface DomainQemuCommandline {
      /** Arguments. */
      args: string[];
    }
    /** A forwarded port as it is in use. */
    interface PortForward {
      /** tcp or udp. */
      proto: "tcp" | "udp";
      /** Address of the hypervisor. */
      address: string;
      /** Port of the hypervisor. */
      start: number;
      /** Port of the guest. */
      to: number;
    }
  }
}
