/** The programs that run in the machines, each as one file of JavaScript. */
import { join } from "node:path";
import { build } from "esbuild";

const entryPoints = {
  infra: "services/main.ts",
  supervisor: "services/supervisor/main.ts",
  autoqa: "autoqa/main.ts",
};

export type Program = keyof typeof entryPoints;

/**
 * Bundles one program for the Node of the machines. The same sources give the same bytes wherever the checkout lies.
 * @param projectDirectory the root of the checkout
 * @returns JavaScript
 */
export async function bundle(projectDirectory: string, program: Program): Promise<Buffer> {
  const result = await build({
    absWorkingDir: projectDirectory,
    entryPoints: [join(projectDirectory, entryPoints[program])],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
    write: false,
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild made no file of ${entryPoints[program]}`);
  return Buffer.from(file.contents);
}
