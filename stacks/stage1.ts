/** Stage 1: AutoQA in a box, which reads production and posts nothing outside. */
import { clientProgram, serverProgram } from "../components/autoqa-programs";
import { AutoqaServer } from "../components/autoqa-server";
import { bundlePrograms } from "../components/payload/bundle";
import { makePayload } from "../components/payload/payload";
import { supervisedStart } from "../components/supervised";
import type { Stage1Config } from "./config";
import { configuredAutoqa, machineOf, machinesOutput, makeSurroundings, size } from "./environment";
import { outboundTo, productionEndpoints, productionOutputs } from "./production";

/** Declares the environment. @returns the stack's outputs, by the names that DESIGN.md fixes */
export async function stage1(config: Stage1Config, projectDirectory: string) {
  const { production } = config;
  const machine = machineOf("autoqa", config.machines);
  const { supervisor, autoqa: bundled } = await bundlePrograms(projectDirectory);
  const { source, files, server, client } = await configuredAutoqa(config, bundled, projectDirectory);
  const programs = [
    serverProgram(server, productionEndpoints(production), production.pollSeconds),
    ...(client === undefined ? [] : [clientProgram(client, machine.name, "localhost")]),
  ];
  const payload = await makePayload(supervisedStart(programs, "machine"), { supervisor }, files);
  const surroundings = makeSurroundings(config, projectDirectory, [payload], outboundTo(production));
  const autoqa = new AutoqaServer(machine.name, {
    ...surroundings,
    ...size(machine),
    payload,
    hasBodhiAccount: false,
    programs: programs.length,
    hostPort: machine.hostPorts.autoqa,
  });
  return {
    stage: 1,
    generation: surroundings.generation,
    ...productionOutputs(production),
    autoqa: { url: autoqa.url, source },
    machines: machinesOutput([autoqa.machine]),
    sshPrivateKey: surroundings.secrets.sshPrivateKey,
  };
}
