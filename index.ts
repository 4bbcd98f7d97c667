import { loadConfig } from "./stacks/config";
import { stage3 } from "./stacks/stage3";

export = async () => stage3(loadConfig(), __dirname);
