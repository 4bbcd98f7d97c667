/** Which packages the engine can provide by itself. */
import type { StandIn } from "../plugins/host";
import { commandPackage } from "./command/package";
import { pulumiPackage, type StackOutputs } from "./pulumi/package";
import { randomPackage } from "./random/package";
import { type Say, StandInProvider } from "./standIn";

export function standIns(say: Say, outputsOf: StackOutputs): Readonly<Record<string, StandIn>> {
  return {
    random: async () => new StandInProvider(randomPackage, say),
    command: async () => new StandInProvider(commandPackage(), say),
    pulumi: async () => new StandInProvider(pulumiPackage(outputsOf), say),
  };
}
