/** Which packages have a stand-in. */
import type { StandIn } from "../plugins/host";
import { commandPackage } from "./command/package";
import { randomPackage } from "./random/package";
import { type Say, StandInProvider } from "./standIn";

export function standIns(say: Say): Readonly<Record<string, StandIn>> {
  return {
    random: async () => new StandInProvider(randomPackage, say),
    command: async () => new StandInProvider(commandPackage(), say),
  };
}
