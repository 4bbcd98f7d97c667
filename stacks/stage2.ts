/** Stage 2: AutoQA reads production, bodhi through the mock one, and posts to mock bodhi and the staging ResultsDB. */
import { mockedPosts } from "../components/endpoints";
import type { Stage2Config } from "./config";
import { postingStage } from "./posting-stage";
import { fromMachine, outboundTo, productionEndpoints, productionOutputs } from "./production";

/** Declares the environment. @returns the stack's outputs, by the names that DESIGN.md fixes */
export async function stage2(config: Stage2Config, projectDirectory: string) {
  const { production } = config;
  const { outputs } = await postingStage(config, projectDirectory, {
    endpoints: (infra) => ({ ...productionEndpoints(production), ...mockedPosts(infra) }),
    pollSeconds: production.pollSeconds,
    clock: "machine",
    production: { bodhiUrl: fromMachine(production.bodhiUrl), outbound: outboundTo(production) },
  });
  return { stage: 2, ...productionOutputs(production), ...outputs };
}
