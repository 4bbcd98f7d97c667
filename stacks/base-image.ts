import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { type BaseImageFiles, imageDirectory, isBuilt, readBaseImage } from "../images/base-image";
import type { StackConfig } from "./config";

/** The base image to boot. @throws pulumi.RunError that says what to do where it is not there */
export function baseImage(config: StackConfig, projectDirectory: string): BaseImageFiles {
  const directory = config.imageDirectory ?? imageDirectory(projectDirectory);
  if (config.imageDirectory === undefined && !isBuilt(directory)) {
    throw new pulumi.RunError("The base image is not built on this machine: run `npm run setup` first.");
  }
  const key = `Pulumi.${pulumi.getStack()}.yaml: ${pulumi.getProject()}:imageDirectory`;
  if (!existsSync(directory)) throw new pulumi.RunError(`${key}: ${directory} does not exist.`);
  try {
    return readBaseImage(directory);
  } catch (error) {
    throw new pulumi.RunError(`${key}: ${(error as Error).message}`);
  }
}
