import { size } from "./storage";
import { boolean, enumeration, type Infer, integer, list, object, optional, required, string } from "./types";

/** libvirt's domain format: https://libvirt.org/formatdomain.html */
const os = object("DomainOs", "What the machine boots.", {
  type: required(
    object("DomainOsType", "The virtual hardware.", {
      arch: required(string, "CPU architecture, for example x86_64."),
      machine: required(string, "Machine type, for example q35 or pc."),
    }),
    "The virtual hardware.",
  ),
  firmware: optional(
    enumeration("DomainOsFirmware", "Kind of firmware.", ["bios", "efi"]),
    "Let libvirt choose a firmware of this kind.",
  ),
  loader: optional(
    object("DomainOsLoader", "A firmware image.", {
      path: required(string, "Absolute path on the hypervisor."),
      readonly: optional(boolean, "Map the image read-only."),
      type: optional(enumeration("DomainOsLoaderType", "How it is mapped.", ["rom", "pflash"]), "rom or pflash."),
    }),
    "A certain firmware image.",
  ),
  kernel: optional(string, "Direct kernel boot: absolute path of the kernel on the hypervisor."),
  initrd: optional(string, "Direct kernel boot: absolute path of the initial RAM disk."),
  cmdline: optional(string, "Direct kernel boot: the kernel's command line."),
  boot: optional(
    list(
      object("DomainOsBoot", "A boot device.", {
        dev: required(enumeration("DomainOsBootDev", "Boot device.", ["hd", "cdrom", "network", "fd"]), "Boot device."),
      }),
    ),
    "Boot devices in order.",
  ),
});

const features = object("DomainFeatures", "Hypervisor features.", {
  acpi: optional(boolean, "ACPI. Default true."),
  apic: optional(boolean, "APIC. Default true."),
  tcg: optional(
    object("DomainFeaturesTcg", "Settings of QEMU's software emulation.", {
      tbCache: required(
        size,
        "Size of the translation block cache (QEMU's tb-size; without it QEMU takes up to 1 GiB of memory). Unit MiB by default.",
      ),
    }),
    "Settings of software emulation, for type qemu.",
  ),
});

const clock = object("DomainClock", "The machine's clock.", {
  offset: required(enumeration("DomainClockOffset", "Offset from UTC.", ["utc", "localtime"]), "utc or localtime."),
  timers: optional(
    list(
      object("DomainClockTimer", "A timer device.", {
        name: required(
          enumeration("DomainClockTimerName", "Timer.", ["rtc", "pit", "hpet", "tsc", "kvmclock", "hypervclock"]),
          "Which timer.",
        ),
        present: optional(boolean, "Whether the guest has it."),
        tickpolicy: optional(
          enumeration("DomainClockTimerTickpolicy", "Policy.", ["delay", "catchup", "merge", "discard"]),
          "What happens to missed ticks.",
        ),
      }),
    ),
    "Timer devices.",
  ),
});

const disk = object("DomainDisk", "A disk.", {
  device: optional(enumeration("DomainDiskDevice", "Kind of disk.", ["disk", "cdrom"]), "disk or cdrom. Default disk."),
  driver: optional(
    object("DomainDiskDriver", "How QEMU accesses the image.", {
      name: optional(enumeration("DomainDiskDriverName", "Driver.", ["qemu"]), "Driver. Default qemu."),
      type: required(enumeration("DomainDiskDriverType", "Image format.", ["qcow2", "raw"]), "Image format."),
      cache: optional(
        enumeration("DomainDiskDriverCache", "Cache mode.", [
          "default",
          "none",
          "writethrough",
          "writeback",
          "directsync",
          "unsafe",
        ]),
        "Cache mode; unsafe is fastest, for disks that a crash of the host may lose.",
      ),
      discard: optional(enumeration("DomainDiskDriverDiscard", "Discard.", ["unmap", "ignore"]), "Discard requests."),
    }),
    "How QEMU accesses the image. Default raw.",
  ),
  source: required(
    object("DomainDiskSource", "What the disk is: a volume of a pool, or a file.", {
      pool: optional(string, "Name of the pool."),
      volume: optional(string, "Name of the volume in the pool."),
      file: optional(string, "Absolute path on the hypervisor."),
    }),
    "`pool` and `volume`, or `file`.",
  ),
  target: required(
    object("DomainDiskTarget", "How the guest sees the disk.", {
      dev: required(string, "Name that orders the disks, for example vda."),
      bus: required(enumeration("DomainDiskTargetBus", "Bus.", ["virtio", "sata", "scsi", "ide", "usb"]), "Bus."),
    }),
    "How the guest sees the disk.",
  ),
  readonly: optional(boolean, "The guest may not write."),
  serial: optional(string, "Serial number, by which the guest finds the disk under /dev/disk/by-id."),
});

export const protocol = enumeration("PortForwardProto", "Protocol.", ["tcp", "udp"]);

const domainInterface = object("DomainInterface", "A network interface.", {
  type: required(
    enumeration("DomainInterfaceType", "What it is connected to.", ["network", "bridge", "user"]),
    "network, bridge, or user for QEMU's user-mode network.",
  ),
  source: optional(
    object("DomainInterfaceSource", "What the interface is connected to.", {
      network: optional(string, "Name of a libvirt network, for type network."),
      bridge: optional(string, "Name of a bridge of the hypervisor, for type bridge."),
    }),
    "What the interface is connected to; not for type user.",
  ),
  mac: optional(
    object("DomainInterfaceMac", "Hardware address.", { address: required(string, "For example 52:54:00:12:34:56.") }),
    "Hardware address; without it libvirt or QEMU chooses one.",
  ),
  model: optional(
    object("DomainInterfaceModel", "Kind of network card.", {
      type: required(
        enumeration("DomainInterfaceModelType", "Card.", ["virtio", "e1000", "e1000e", "rtl8139"]),
        "Kind of network card.",
      ),
    }),
    "Kind of network card. Default virtio.",
  ),
  restrict: optional(
    boolean,
    "Type user only: cut the guest off from host and outside; port forwards still reach it (QEMU's restrict=on).",
  ),
  portForwards: optional(
    list(
      object("DomainInterfacePortForward", "Ports of the hypervisor that lead into the guest.", {
        proto: required(protocol, "tcp or udp."),
        address: optional(string, "IPv4 address of the hypervisor to listen on. Default 127.0.0.1."),
        ranges: required(
          list(
            object("DomainInterfacePortForwardRange", "One forwarded port.", {
              start: optional(integer, "Port of the hypervisor; absent or 0 lets QEMU choose a free one."),
              to: required(integer, "Port of the guest."),
            }),
          ),
          "The forwarded ports.",
        ),
      }),
    ),
    "Type user only: ports of the hypervisor that lead into the guest. The ports in use are in the output `portForwards`.",
  ),
});

const characterLog = object("DomainCharacterDeviceLog", "A log of everything that the guest writes.", {
  file: required(string, "Absolute path on the hypervisor; written by virtlogd, deleted with the domain."),
  append: optional(boolean, "Keep what is in the file when the machine starts. Default false."),
});
const characterSource = object("DomainCharacterDeviceSource", "Where the device leads.", {
  path: required(string, "For type file: absolute path on the hypervisor, deleted with the domain."),
});
const characterType = enumeration("DomainCharacterDeviceType", "Where a character device leads.", ["pty", "file"]);

const characterDevice = <T>(name: string, description: string, target: ReturnType<typeof optional<T>>) =>
  object(name, description, {
    type: required(characterType, "pty or file."),
    source: optional(characterSource, "For type file."),
    log: optional(characterLog, "Log everything that the guest writes."),
    target,
  });

const serial = characterDevice(
  "DomainSerial",
  "A serial port.",
  optional(
    object("DomainSerialTarget", "The port in the guest.", { port: required(integer, "0 for ttyS0, and so on.") }),
    "The port in the guest. Default the next one.",
  ),
);

const console = characterDevice(
  "DomainConsole",
  "A console.",
  optional(
    object("DomainConsoleTarget", "The console in the guest.", {
      type: required(
        enumeration("DomainConsoleTargetType", "Kind of console.", ["serial", "virtio"]),
        "serial (ttyS0) or virtio (hvc0, much faster under emulation).",
      ),
    }),
    "The console in the guest. Default serial.",
  ),
);

const devices = object("DomainDevices", "The machine's devices.", {
  emulator: optional(string, "Path of QEMU on the hypervisor; without it libvirt chooses."),
  disks: optional(list(disk), "Disks."),
  controllers: optional(
    list(
      object("DomainController", "A bus controller.", {
        type: required(
          enumeration("DomainControllerType", "Kind of bus.", ["usb", "sata", "scsi", "virtio-serial"]),
          "Kind of bus.",
        ),
        index: optional(integer, "Number of the controller. Default 0."),
        model: optional(string, 'Model; "none" leaves the bus out.'),
      }),
    ),
    "Bus controllers that differ from libvirt's choice.",
  ),
  interfaces: optional(list(domainInterface), "Network interfaces."),
  serials: optional(list(serial), "Serial ports."),
  consoles: optional(list(console), "Consoles."),
  rng: optional(
    object("DomainRng", "A source of random numbers.", {
      model: required(enumeration("DomainRngModel", "Device.", ["virtio"]), "virtio."),
      backend: required(
        object("DomainRngBackend", "Where the numbers come from.", {
          model: required(enumeration("DomainRngBackendModel", "Backend.", ["random", "builtin"]), "Backend."),
          source: optional(string, "For model random: the device, for example /dev/urandom."),
        }),
        "Where the numbers come from.",
      ),
    }),
    "A source of random numbers.",
  ),
  memballoon: optional(
    object("DomainMemballoon", "The memory balloon.", {
      model: required(enumeration("DomainMemballoonModel", "Device.", ["virtio", "none"]), "virtio or none."),
    }),
    "The memory balloon; libvirt adds one unless the model is none.",
  ),
});

const inputs = {
  type: required(enumeration("DomainType", "Hypervisor.", ["kvm", "qemu"]), "kvm, or qemu for software emulation."),
  name: required(string, "Name of the domain, unique on its hypervisor."),
  memory: required(size, "Memory of the machine."),
  vcpu: optional(integer, "Number of virtual CPUs. Default 1."),
  cpu: optional(
    object("DomainCpu", "The virtual CPU.", {
      mode: required(
        enumeration("DomainCpuMode", "Mode.", ["custom", "host-model", "host-passthrough", "maximum"]),
        "custom needs a model.",
      ),
      model: optional(string, "For mode custom, for example qemu64."),
    }),
    "The virtual CPU.",
  ),
  os: required(os, "What the machine boots."),
  sysinfo: optional(
    object("DomainSysinfo", "SMBIOS information.", {
      oemStrings: required(
        list(string),
        "OEM strings, for example systemd credentials (io.systemd.credential:…). They stand on QEMU's command line: public data only.",
      ),
    }),
    "SMBIOS information that the guest can read.",
  ),
  features: optional(features, "Hypervisor features."),
  clock: optional(clock, "The machine's clock. Default UTC."),
  devices: optional(devices, "The machine's devices."),
  qemuCommandline: optional(
    object("DomainQemuCommandline", "Additional arguments for QEMU.", { args: required(list(string), "Arguments.") }),
    "Additional arguments for QEMU.",
  ),
};

export type DomainInputs = Infer<typeof inputs>;
export type DomainDevices = NonNullable<DomainInputs["devices"]>;
export type DomainInterface = NonNullable<DomainDevices["interfaces"]>[number];
export type DomainDisk = NonNullable<DomainDevices["disks"]>[number];

const portForward = object("PortForward", "A forwarded port as it is in use.", {
  proto: required(protocol, "tcp or udp."),
  address: required(string, "Address of the hypervisor."),
  start: required(integer, "Port of the hypervisor."),
  to: required(integer, "Port of the guest."),
});

export const domain = {
  token: "libvirt:index/domain:Domain",
  description: "A virtual machine. It is defined and started; every change replaces it.",
  inputs,
  outputs: {
    uuid: required(string, "The domain's UUID, also its id."),
    portForwards: required(list(portForward), "The forwarded ports in use, in the order of the inputs."),
  },
};
