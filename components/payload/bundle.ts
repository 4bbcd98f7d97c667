/** The programs that run in the machines, each as one file of JavaScript. */
import { join } from "node:path";
import { build } from "esbuild";

const entryPoints = {
  infra: "services/main.ts",
  supervisor: "services/supervisor/main.ts",
  autoqa: "autoqa/main.ts",
};

export type Program = keyof typeof entryPoints;

/** JavaScript by program. */
export type Bundles = Record<Program, Buffer>;

/**
 * Bundles every program for the Node of the machines. The same sources give the same bytes wherever the checkout lies.
 * @param projectDirectory the root of the checkout
 */
export async function bundlePrograms(projectDirectory: string): Promise<Bundles> {
  const [infra, supervisor, autoqa] = await Promise.all([
    bundle(projectDirectory, entryPoints.infra),
    bundle(projectDirectory, entryPoints.supervisor),
    bundle(projectDirectory, entryPoints.autoqa),
  ]);
  return { infra, supervisor, autoqa };
}

async function bundle(projectDirectory: string, entryPoint: string): Promise<Buffer> {
  const result = await build({
    absWorkingDir: projectDirectory,
    entryPoints: [join(projectDirectory, entryPoint)],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    loader: { ".py": "text" },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
    write: false,
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild made no file of ${entryPoint}`);
  return Buffer.from(file.contents);
}
