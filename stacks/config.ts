/** The stack's configuration: its types, its defaults, and errors that name the key and the remedy. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { Source } from "../autoqa/contract/source";
import { Production } from "./production";

const hostName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "must be a host name: lower-case letters, digits and hyphens, 31 at most");
const port = z.int().min(1).max(65535);

/** What a port on the host can lead to. */
const HostPortName = z.enum(["ssh", "koji", "bodhi", "resultsdb", "control", "autoqa"]);

const HypervisorConfig = z.strictObject({
  name: hostName,
  /** A libvirt connection URI, e.g. `qemu:///system` or `qemu+ssh://root@lab2/system`. */
  uri: z.string().min(1),
  /** Where this stack's storage pool lies on the hypervisor; a directory of the stack's name is made in it. */
  poolDirectory: z.string().startsWith("/").default("/var/lib/libvirt/images"),
  /** `auto`: KVM where the hypervisor has the device and the processor flag, else TCG. */
  accelerator: z.enum(["auto", "kvm", "tcg"]).default("auto"),
});

const MachineConfig = z.strictObject({
  name: hostName,
  role: z.enum(["infra", "autoqa", "client"]),
  /** The name of one of the hypervisors; the first one by default. */
  hypervisor: hostName.optional(),
  memoryMiB: z.int().min(256).max(1_048_576),
  vcpus: z.int().min(1).max(64).default(1),
  /** Ports on 127.0.0.1 by what they lead to; QEMU chooses those that are absent. */
  hostPorts: z.partialRecord(HostPortName, port).default({}),
});

const common = {
  pristine: z.enum(["always", "onChange"]).default("always"),
  hypervisors: z.array(HypervisorConfig).min(1),
  machines: z.array(MachineConfig).min(1),
  /** A directory with root.qcow2, vmlinuz and initrd.img to boot instead of the base image that `setup` builds. */
  imageDirectory: z.string().startsWith("/", "must be an absolute path").optional(),
};

const StackConfig = z.discriminatedUnion(
  "stage",
  [
    z.strictObject({ stage: z.literal(1), production: Production, ...common }),
    z.strictObject({ stage: z.literal(2), production: Production, ...common }),
    z.strictObject({ stage: z.literal(3), ...common }),
  ],
  { error: "must be 1, 2 or 3" },
);

export type StackConfig = z.infer<typeof StackConfig> & {
  /** The AutoQA to deploy; the bundled one if absent. */
  autoqa?: Source | undefined;
};
export type Stage1Config = Extract<StackConfig, { stage: 1 }>;
export type Stage2Config = Extract<StackConfig, { stage: 2 }>;
export type Stage3Config = Extract<StackConfig, { stage: 3 }>;
export type HypervisorConfig = z.infer<typeof HypervisorConfig>;
export type MachineConfig = z.infer<typeof MachineConfig>;

/** The configuration of the stack that is being deployed. @throws pulumi.RunError, which is shown without a stack */
export function loadConfig(): StackConfig {
  return { ...read(pulumi.getProject(), parseConfig), autoqa: read("autoqa", parseAutoqaConfig) };
}

/** Parses the keys of a namespace. */
function read<T>(namespace: string, parse: (values: Record<string, string>) => T): T {
  const prefix = `${namespace}:`;
  const values = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const file = `Pulumi.${pulumi.getStack()}.yaml`;
  try {
    return parse(Object.fromEntries(values.map(([key, value]) => [key.slice(prefix.length), value])));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new pulumi.RunError(`${file}: ${error.problems.map((problem) => prefix + problem).join(`\n${file}: `)}`);
  }
}

/** One problem a line, each beginning with the key and the path inside its value. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join("\n"));
  }
}

/**
 * @param values the project's own keys without their namespace; objects, lists and numbers as JSON text
 * @throws ConfigError
 */
export function parseConfig(values: Record<string, string>): StackConfig {
  const decoded = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, decode(text)]));
  const parsed = StackConfig.safeParse(decoded);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.flatMap((issue) => describe(issue, knownKeys)));
  const problems = [
    ...duplicates(parsed.data),
    ...placement(parsed.data),
    ...roles(parsed.data),
    ...hostPorts(parsed.data),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

/**
 * Which AutoQA to deploy.
 * @param values the keys `repository` and `ref` of the namespace `autoqa`
 * @returns undefined where neither is there: the bundled one
 * @throws ConfigError
 */
export function parseAutoqaConfig(values: Record<string, string>): Source | undefined {
  if (Object.keys(values).length === 0) return undefined;
  const parsed = Source.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.flatMap((issue) => describe(issue, () => Object.keys(Source.shape))));
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param keysAt the keys that there may be at a place */
function describe(issue: z.core.$ZodIssue, keysAt: (place: string) => string[]): string[] {
  const path = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  const place = path.replace(/^\./, "");
  if (issue.code !== "unrecognized_keys") return [`${place}: ${issue.message}`];
  const known = keysAt(place);
  return issue.keys.map((key) => {
    if (place === "" && key === "production") return "production: stage 3 is cut off from production; remove it";
    const full = place === "" ? key : `${place}.${key}`;
    return `${full}: there is no such key; known here: ${known.join(", ")}`;
  });
}

function knownKeys(place: string): string[] {
  if (place.endsWith("hostPorts")) return HostPortName.options;
  if (place.startsWith("machines")) return Object.keys(MachineConfig.shape);
  if (place.startsWith("hypervisors")) return Object.keys(HypervisorConfig.shape);
  if (place === "production") return Object.keys(Production.shape);
  return ["stage", "production", ...Object.keys(common)];
}

function duplicates(config: StackConfig): string[] {
  return (["hypervisors", "machines"] as const).flatMap((key) => {
    const names = config[key].map((item) => item.name);
    return names.flatMap((name, index) =>
      names.indexOf(name) < index ? [`${key}[${index}].name: ${name} is there already; names must differ`] : [],
    );
  });
}

function placement(config: StackConfig): string[] {
  const known = config.hypervisors.map((hypervisor) => hypervisor.name);
  return config.machines.flatMap(({ hypervisor }, index) =>
    hypervisor === undefined || known.includes(hypervisor)
      ? []
      : [`machines[${index}].hypervisor: there is no hypervisor ${hypervisor}; known: ${known.join(", ")}`],
  );
}

/** How many machines of each role a stage has. */
const roleCounts = {
  1: { infra: [0, 0], autoqa: [1, 1], client: [0, 0] },
  2: { infra: [1, 1], autoqa: [1, 1], client: [1, Number.POSITIVE_INFINITY] },
  3: { infra: [1, 1], autoqa: [1, 1], client: [1, Number.POSITIVE_INFINITY] },
} as const;

function roles({ stage, machines, hypervisors }: StackConfig): string[] {
  const problems = (["infra", "autoqa", "client"] as const).flatMap((role) => {
    const count = machines.filter((machine) => machine.role === role).length;
    const [least, most] = roleCounts[stage][role];
    if (count >= least && count <= most) return [];
    const wanted = most === 0 ? "no machine" : least === most ? "exactly one machine" : "at least one machine";
    return [`machines: stage ${stage} has ${wanted} of role ${role}, not ${count}`];
  });
  const placed = new Set(machines.map(({ hypervisor }) => hypervisor ?? hypervisors[0]?.name));
  if (placed.size > 1) problems.push("machines: the machines of a segment must be on one hypervisor");
  return problems;
}

/** What has a port on a machine of each role; mock koji is on `infra` in stage 3 only. */
const portNames: Record<MachineConfig["role"], z.infer<typeof HostPortName>[]> = {
  infra: ["ssh", "koji", "bodhi", "resultsdb", "control"],
  autoqa: ["ssh", "autoqa"],
  client: ["ssh"],
};

function hostPorts({ stage, machines }: StackConfig): string[] {
  const taken = new Map<number, string>();
  return machines.flatMap(({ role, hostPorts: ports }, index) => {
    const known = portNames[role].filter((name) => stage === 3 || name !== "koji");
    return Object.entries(ports).flatMap(([name, number]) => {
      const place = `machines[${index}].hostPorts.${name}`;
      const other = taken.get(number);
      taken.set(number, place);
      if (other !== undefined) return [`${place}: ${other} is ${number} already; each port leads to one place`];
      if (known.some((each) => each === name)) return [];
      return [`${place}: a machine of role ${role} in stage ${stage} has no such port; it has ${known.join(", ")}`];
    });
  });
}
