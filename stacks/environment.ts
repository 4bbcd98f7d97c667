/** What an environment of every stage begins with. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ContractError } from "../autoqa/contract/manifest";
import { Generation } from "../components/generation";
import { Hypervisor } from "../components/hypervisor";
import type { Machine, MachineSize, Surroundings } from "../components/machine";
import type { Outbound } from "../components/management-network";
import type { Payload } from "../components/payload/payload";
import { Secrets } from "../components/secrets";
import { Segment } from "../components/segment";
import { type Autoqa, bundledAutoqa, fetchAutoqa } from "./autoqa-source";
import { baseImage } from "./base-image";
import type { MachineConfig, StackConfig } from "./config";

/**
 * The AutoQA that the configuration names.
 * @param bundled the program of the bundled one
 * @throws pulumi.RunError where it cannot be fetched or installed
 */
export async function configuredAutoqa(
  config: StackConfig,
  bundled: Buffer,
  projectDirectory: string,
): Promise<Autoqa> {
  if (config.autoqa === undefined) return bundledAutoqa(bundled, projectDirectory);
  try {
    return await fetchAutoqa(config.autoqa, projectDirectory, (what) => pulumi.log.info(`AutoQA: ${what}`));
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const keys = `Pulumi.${pulumi.getStack()}.yaml: autoqa:repository, autoqa:ref`;
    throw new pulumi.RunError(`${keys}: ${error.message}`);
  }
}

/**
 * The hypervisors, the generation with its secrets, and the segment of all machines.
 * @param payloads what the machines run: with `pristine: onChange`, another payload is another generation
 * @param outbound how the machines reach outside; cut off without it
 */
export function makeSurroundings(
  config: StackConfig,
  projectDirectory: string,
  payloads: Payload[],
  outbound?: Outbound,
): Surroundings {
  const image = baseImage(config, projectDirectory);
  // Without keepers: it lives as long as the stack does, and is on record before anything is made under its name.
  const stackId = new random.RandomId("stack", { byteLength: 4 }).hex;
  const hypervisors = config.hypervisors.map(
    ({ name, ...hypervisor }) => new Hypervisor(name, { ...hypervisor, stackId, image }),
  );
  const placed = config.machines[0]?.hypervisor;
  const hypervisor = hypervisors.find(({ hypervisorName }) => hypervisorName === placed) ?? hypervisors[0];
  if (hypervisor === undefined) throw new Error("there is no hypervisor to place machines on");
  const content = digest(config, image, payloads);
  const generation = new Generation("generation", { pristine: config.pristine, content }).id;
  const secrets = new Secrets("secrets", { generation });
  const hostNames = config.machines.map(({ name }) => name);
  const segment = new Segment("segment", { hypervisor, generation, hostNames });
  const reused = config.pristine === "onChange";
  return { hypervisor, segment, secrets, generation, reused, ...(outbound === undefined ? {} : { outbound }) };
}

/** Changes with anything that a machine of this environment could notice. */
function digest(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** The one machine of a role. @throws Error where the configuration was not checked */
export function machineOf(role: MachineConfig["role"], machines: MachineConfig[]): MachineConfig {
  const machine = machines.find((candidate) => candidate.role === role);
  if (machine === undefined) throw new Error(`there is no machine of role ${role}`);
  return machine;
}

export const size = ({ memoryMiB, vcpus, hostPorts }: MachineConfig): MachineSize => ({
  memoryMiB,
  vcpus,
  sshHostPort: hostPorts.ssh,
});

/** The output `machines`. */
export const machinesOutput = (machines: Machine[]) =>
  machines.map(({ machineName, hypervisorName, ssh }) => ({ name: machineName, hypervisor: hypervisorName, ssh }));
