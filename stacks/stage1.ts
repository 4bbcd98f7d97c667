/** Stage 1: AutoQA in a box, which reads production and posts nothing outside. */
import { bundledCommands, clientProgram, serverProgram } from "../components/autoqa-programs";
import { AutoqaServer } from "../components/autoqa-server";
import { bundlePrograms } from "../components/payload/bundle";
import { makePayload } from "../components/payload/payload";
import { supervisedStart } from "../components/supervised";
import { bundledSource } from "./autoqa-source";
import type { Stage1Config } from "./config";
import { machineOf, machinesOutput, makeSurroundings, size } from "./environment";
import { outboundTo, productionEndpoints, productionOutputs } from "./production";

/** Declares the environment. @returns the stack's outputs, by the names that DESIGN.md fixes */
export async function stage1(config: Stage1Config, projectDirectory: string) {
  const { production } = config;
  const machine = machineOf("autoqa", config.machines);
  const { infra: _, ...programs } = await bundlePrograms(projectDirectory);
  const payload = await makePayload(
    supervisedStart(
      [
        serverProgram(bundledCommands.server, productionEndpoints(production), production.pollSeconds),
        clientProgram(bundledCommands.client, machine.name, "localhost"),
      ],
      "machine",
    ),
    programs,
  );
  const surroundings = makeSurroundings(config, projectDirectory, [payload], outboundTo(production));
  const autoqa = new AutoqaServer(machine.name, {
    ...surroundings,
    ...size(machine),
    payload,
    hasBodhiAccount: false,
    hostPort: machine.hostPorts.autoqa,
  });
  return {
    stage: 1,
    generation: surroundings.generation,
    ...productionOutputs(production),
    autoqa: { url: autoqa.url, source: bundledSource(projectDirectory) },
    machines: machinesOutput([autoqa.machine]),
    sshPrivateKey: surroundings.secrets.sshPrivateKey,
  };
}
