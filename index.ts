import { loadConfig, type StackConfig } from "./stacks/config";
import { stage1 } from "./stacks/stage1";
import { stage2 } from "./stacks/stage2";
import { stage3 } from "./stacks/stage3";

function declare(config: StackConfig): Promise<object> {
  if (config.stage === 1) return stage1(config, __dirname);
  return config.stage === 2 ? stage2(config, __dirname) : stage3(config, __dirname);
}

export = async () => declare(loadConfig());
