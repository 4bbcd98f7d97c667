/** Stage 3: AutoQA and a complete mock infrastructure, cut off from the world. */
import { mockedEndpoints } from "../components/endpoints";
import type { Stage3Config } from "./config";
import { postingStage } from "./posting-stage";

/** Declares the environment. @returns the stack's outputs, by the names that DESIGN.md fixes */
export async function stage3(config: Stage3Config, projectDirectory: string) {
  const { infra, outputs } = await postingStage(config, projectDirectory, {
    endpoints: mockedEndpoints,
    pollSeconds: 2,
    clock: "scenario",
  });
  return { stage: 3, ...infra.koji(), ...outputs };
}
