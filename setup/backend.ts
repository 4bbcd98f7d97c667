/** The directory of the file backend, where the state lies. */
import { mkdirSync } from "node:fs";
import { directoryOf, isFileUrl } from "../engine/backend/layout";
import { loadProject } from "../engine/project/project";

/** Makes the directory that Pulumi.yaml names: Pulumi's CLI does not make it. */
export function makeBackendDirectory(projectDirectory: string): void {
  const { backendUrl } = loadProject(projectDirectory);
  if (backendUrl === undefined || !isFileUrl(backendUrl)) return;
  mkdirSync(directoryOf(backendUrl), { recursive: true, mode: 0o700 });
}
